package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.testing.RecordingSessionClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built plugin in the host's own class loading. */
class BackgroundPluginIT {

  @TempDir Path data;

  private final RecordingSessionClient sessions = new RecordingSessionClient();

  @Test
  void the_plugin_works_through_pf4j_and_can_be_collected_when_it_is_closed() {
    sessions.addSession("parent");
    sessions.onTurn(prompt -> sessions.finish(prompt.sessionId(), "There are 42 files."));
    WatchedJars jars = new WatchedJars(BackgroundJar.FOLDER);
    PluginHost host = open(jars);
    try (host) {
      sessions.onEvent(host.events()::accept);
      assertThat(host.problems()).isEmpty();
      assertThat(host.plugins()).containsOnlyKeys(BackgroundJar.ID);
      assertThat(host.tools())
          .extracting(tool -> tool.spec().name())
          .containsExactlyInAnyOrder(
              "background_task",
              "background_output",
              "background_cancel",
              "background_send",
              "background_list",
              "background_clear");

      ToolResult launched = call(host, "background_task", BackgroundJar.LAUNCH);
      assertThat(launched.error()).as(launched.text()).isFalse();
      String id = BackgroundJar.taskId(launched.text());
      ToolResult output = call(host, "background_output", BackgroundJar.output(id));
      assertThat(output.error()).as(output.text()).isFalse();
      assertThat(output.text()).contains("There are 42 files.");
      checkAnAnswer(host);
      assertThat(host.descriptions().get(BackgroundJar.ID).id()).isEqualTo(BackgroundJar.ID);
      assertThat(host.descriptions().get(BackgroundJar.ID).settings()).isNotEmpty();
      assertThat(host.operators().get(BackgroundJar.ID).task(id).toCompletableFuture().join())
          .hasValueSatisfying(task -> assertThat(task.parentSessionId()).isEqualTo("parent"));
    }
    assertThat(call(host, "background_list", "{}").text()).contains("has been stopped");
    assertThat(jars.seen()).isEqualTo(1);
    await().atMost(Duration.ofSeconds(30)).until(() -> jars.alive() == 0);
  }

  @Test
  void the_plugin_can_be_opened_again_and_again() {
    WatchedJars jars = new WatchedJars(BackgroundJar.FOLDER);
    for (int i = 0; i < 5; i++) {
      try (PluginHost host = open(jars)) {
        assertThat(call(host, "background_list", "{}").error()).isFalse();
      }
    }
    assertThat(jars.seen()).isEqualTo(5);
    await().atMost(Duration.ofSeconds(30)).until(() -> jars.alive() == 0);
  }

  /** The validator in the jar works, and lets go of its classes as well. */
  private void checkAnAnswer(PluginHost host) {
    sessions.onTurn(prompt -> sessions.finish(prompt.sessionId(), "So: {\"count\": 42}"));
    String launch =
        BackgroundJar.LAUNCH.replace(
            "}",
            ",\"result_schema\":{\"type\":\"object\",\"properties\":{\"count\":{\"type\":\"%s\"}}}}");
    ToolResult refused = call(host, "background_task", launch.formatted("whole number"));
    assertThat(refused.error()).isTrue();
    assertThat(refused.text()).startsWith("'result_schema' is not a JSON Schema that can be used");

    ToolResult launched = call(host, "background_task", launch.formatted("integer"));
    assertThat(launched.error()).as(launched.text()).isFalse();
    ToolResult output =
        call(
            host, "background_output", BackgroundJar.output(BackgroundJar.taskId(launched.text())));
    assertThat(output.structured()).contains("\"result\":{\"count\":42}");
  }

  private PluginHost open(WatchedJars jars) {
    return new PluginHost(
        BackgroundJar.FOLDER,
        sessions,
        Map.of(),
        data,
        PluginHost.Databases.NONE,
        Clock.systemUTC(),
        event -> {},
        jars,
        PluginLimits.STANDARD);
  }

  private static ToolResult call(PluginHost host, String name, String arguments) {
    return host.tools().stream()
        .filter(tool -> tool.spec().name().equals(name))
        .findFirst()
        .map(tool -> TestPlugins.answer(tool.call(ToolCall.of("parent", arguments))))
        .orElseThrow();
  }
}
