package dev.sideline.api.testing;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A host of one plugin, for its tests: sessions that the test scripts, a clock that it sets, and
 * what the plugin has published.
 *
 * <pre>{@code
 * try (TestHost host = new TestHost().setting("max_running", "2")) {
 *   host.activate(new MyPlugin());
 *   host.sessions().addSession("parent");
 *   CompletionStage<ToolResult> answer = host.call("my_tool", "parent", "{}");
 *   host.sessions().finish(host.sessions().sessions().get(1).id(), "done");
 *   ...
 * }
 * }</pre>
 *
 * <p>Settings and the data directory are given before {@link #activate}. After that it is safe for
 * use from any thread; the plugin is told of events on the thread of whoever caused them.
 */
public final class TestHost implements HostContext, AutoCloseable {

  private final SettableClock clock = new SettableClock();
  private final RecordingSessionClient sessions = new RecordingSessionClient(clock, Runnable::run);
  private final Map<String, String> settings = new HashMap<>();
  private final List<PluginEvent> published = new CopyOnWriteArrayList<>();
  private @Nullable Path dataDirectory;
  private @Nullable DataSource dataSource;
  private volatile @Nullable PluginHooks hooks;

  /** A host without settings and without a data directory. */
  public TestHost() {
    sessions.onEvent(this::deliver);
  }

  /** Adds a setting. */
  public TestHost setting(String key, String value) {
    settings.put(key, value);
    return this;
  }

  /** Gives the plugin a directory, which must exist. */
  public TestHost dataDirectory(Path directory) {
    dataDirectory = directory;
    return this;
  }

  /** Gives the plugin a database, which whoever calls this closes. */
  public TestHost dataSource(DataSource database) {
    dataSource = database;
    return this;
  }

  /** Activates the plugin; from now on it is told of events. */
  public PluginHooks activate(AgentPlugin plugin) {
    PluginHooks activated = plugin.activate(this);
    hooks = activated;
    return activated;
  }

  /**
   * Calls a tool of the plugin.
   *
   * @param sessionId the caller's session
   * @param arguments a JSON object
   * @throws IllegalArgumentException if the plugin has no such tool
   */
  public CompletionStage<ToolResult> call(String tool, String sessionId, String arguments) {
    return activated().tool(tool).call(ToolCall.of(sessionId, arguments));
  }

  /** Tells the plugin that events may have been lost. */
  public void loseEvents() {
    activated().onEventsLost();
  }

  /** What the plugin has published so far. */
  public List<PluginEvent> published() {
    return List.copyOf(published);
  }

  /** Disposes the plugin, if one is active. */
  @Override
  public void close() {
    PluginHooks active = hooks;
    hooks = null;
    if (active != null) {
      active.dispose();
    }
  }

  @Override
  public RecordingSessionClient sessions() {
    return sessions;
  }

  @Override
  public Map<String, String> settings() {
    return Map.copyOf(settings);
  }

  @Override
  public Optional<Path> dataDirectory() {
    return Optional.ofNullable(dataDirectory);
  }

  @Override
  public Optional<DataSource> dataSource() {
    return Optional.ofNullable(dataSource);
  }

  @Override
  public SettableClock clock() {
    return clock;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public void publish(PluginEvent event) {
    published.add(event);
  }

  private PluginHooks activated() {
    PluginHooks active = hooks;
    if (active == null) {
      throw new IllegalStateException("no plugin is active: call activate first");
    }
    return active;
  }

  private void deliver(SessionEvent event) {
    PluginHooks active = hooks;
    if (active != null
        && (event instanceof SessionEvent.Created || active.observes(event.sessionId()))) {
      active.onEvent(event);
    }
  }
}
