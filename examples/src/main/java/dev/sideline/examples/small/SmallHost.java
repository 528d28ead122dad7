package dev.sideline.examples.small;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.HostContext;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.TaskOperator;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A place for one plugin, around {@link SmallSessions}. */
public final class SmallHost implements HostContext, AutoCloseable {

  private final Map<String, String> settings;
  private final SmallSessions sessions;
  private final Queue<String> screen = new ConcurrentLinkedQueue<>();
  private volatile @Nullable PluginHooks hooks;

  /**
   * @param settings of the plugin
   */
  public SmallHost(Map<String, Agent> agents, Map<String, String> settings) {
    this.settings = Map.copyOf(settings);
    this.sessions = new SmallSessions(agents, this::deliver);
  }

  /** Makes a plugin active. Throws what is wrong with its settings. */
  public void start(AgentPlugin plugin) {
    hooks = plugin.activate(this);
  }

  private void deliver(SessionEvent event) {
    PluginHooks plugin = hooks;
    if (plugin == null) {
      return;
    }
    try {
      if (event instanceof SessionEvent.Created || plugin.observes(event.sessionId())) {
        plugin.onEvent(event);
      }
    } catch (Throwable thrown) { // the next event comes all the same
      screen.add("The plugin has failed over an event: " + thrown);
    }
  }

  /** What an agent does: it calls a tool, in the name of the session that it works in. */
  public CompletionStage<ToolResult> call(String sessionId, String tool, String arguments) {
    PluginHooks plugin = hooks;
    return plugin == null
        ? CompletableFuture.completedStage(ToolResult.failure("The host is being shut down."))
        : plugin.tool(tool).call(ToolCall.of(sessionId, arguments));
  }

  /** What a person at a board sees. */
  public CompletionStage<List<TaskSnapshot>> tasks() {
    return operator().tasks();
  }

  /** What the button of a board does. */
  public CompletionStage<String> stop(String taskId) {
    return operator()
        .cancel(taskId, "a person has stopped it")
        .thenApply(task -> task.map(stopped -> stopped.status().wireName()).orElse("no such task"));
  }

  private TaskOperator operator() {
    PluginHooks plugin = hooks;
    if (plugin == null) {
      throw new IllegalStateException("no plugin is active");
    }
    return plugin.operator().orElseThrow();
  }

  @Override
  public SessionClient sessions() {
    return sessions;
  }

  @Override
  public Map<String, String> settings() {
    return settings;
  }

  @Override
  public void publish(PluginEvent event) {
    if (event instanceof PluginEvent.Toast toast) {
      screen.add(toast.title() + ": " + toast.message());
    } else if (event instanceof PluginEvent.RequestPending pending) {
      screen.add("A task asks: " + pending.request().text());
    }
    // A kind that is not known here says nothing that is needed here.
  }

  /** The lines that a person has been shown. */
  public List<String> screen() {
    return List.copyOf(screen);
  }

  /** First nothing new for the plugin, then its end, then that of what it needs for it. */
  @Override
  public void close() {
    PluginHooks plugin = hooks;
    hooks = null;
    if (plugin != null) {
      plugin.dispose();
    }
    sessions.close();
  }
}
