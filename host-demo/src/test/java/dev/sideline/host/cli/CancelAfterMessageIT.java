package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built program: a task is given a message while it works, and is cancelled after that. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the agent is a shell script")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class CancelAfterMessageIT {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "queue", "interrupt"})
  void what_was_written_before_is_kept(String mode) throws Exception {
    ObjectNode config = JSON.createObjectNode();
    config
        .putObject("agents")
        .putObject("writer")
        .putArray("command")
        .add("sh")
        .add("-c")
        .add("[ -e second ] || echo half of it; touch second; while :; do sleep 0.1; done");
    Path file = Files.writeString(folder.resolve("config.json"), config.toString());
    McpProcess program =
        McpProcess.start(
            folder, "--data", folder.resolve("data").toString(), "--config", file.toString());
    try {
      program.text(
          "background_task",
          JSON.createObjectNode()
              .put("agent", "writer")
              .put("description", "Writes")
              .put("prompt", "write"));
      String task = taskIn(program.text("background_list", JSON.createObjectNode()));
      ObjectNode transcript = JSON.createObjectNode().put("task_id", task).put("transcript", true);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> program.text("background_output", transcript).contains("half of it"));
      if (!mode.isEmpty()) {
        program.text(
            "background_send",
            JSON.createObjectNode().put("task_id", task).put("message", "more").put("mode", mode));
      }
      long before = System.nanoTime();
      program.text("background_cancel", JSON.createObjectNode().put("task_id", task));
      System.out.printf(
          Locale.ROOT,
          "cancelled after '%s' within %d ms%n",
          mode,
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before));

      assertThat(program.text("background_output", JSON.createObjectNode().put("task_id", task)))
          .contains("half of it");
    } finally {
      program.process().outputWriter().close();
      assertThat(program.process().waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static String taskIn(String list) {
    Matcher id = Pattern.compile("bg_[A-Za-z0-9_-]+").matcher(list);
    assertThat(id.find()).as(list).isTrue();
    return id.group();
  }
}
