package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A plugin host over a folder of test plugins, with what those plugins have said. */
final class TestPlugins implements AutoCloseable {

  /** Short enough that a test of a plugin that hangs does not hang. */
  static final PluginLimits SHORT =
      new PluginLimits(
          Duration.ofSeconds(5), Duration.ofMillis(300), Duration.ofMillis(500), 1_000, 1 << 20);

  final List<String> said = new CopyOnWriteArrayList<>();
  private final WatchedJars jars;
  final PluginHost host;

  TestPlugins(Path folder) {
    this(folder, Map.of(), null, SHORT);
  }

  TestPlugins(
      Path folder, Map<String, Map<String, String>> settings, Path data, PluginLimits limits) {
    this(folder, settings, data, PluginHost.Databases.NONE, limits);
  }

  TestPlugins(
      Path folder,
      Map<String, Map<String, String>> settings,
      Path data,
      PluginHost.Databases databases,
      PluginLimits limits) {
    jars = new WatchedJars(folder);
    host =
        new PluginHost(
            folder,
            new RecordingSessionClient(),
            settings,
            data,
            databases,
            Clock.systemUTC(),
            this::published,
            jars,
            limits);
  }

  private void published(PluginEvent event) {
    if (event instanceof PluginEvent.TaskChanged change) {
      said.add(change.description());
    }
  }

  /** The class loaders of the plugins. */
  WatchedJars jars() {
    return jars;
  }

  List<String> toolNames() {
    return host.tools().stream().map(tool -> tool.spec().name()).toList();
  }

  Tool tool(String name) {
    return host.tools().stream()
        .filter(tool -> tool.spec().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  ToolResult call(String name) {
    return answer(tool(name).call(ToolCall.of("s1", "{}")));
  }

  static ToolResult answer(CompletionStage<ToolResult> stage) {
    return assertThat(stage).succeedsWithin(Duration.ofSeconds(10)).actual();
  }

  void event(String sessionId) {
    host.events().accept(new SessionEvent.Idle(sessionId));
  }

  List<String> messages() {
    return host.problems().stream().map(PluginProblem::message).toList();
  }

  @Override
  public void close() {
    host.close();
  }
}
