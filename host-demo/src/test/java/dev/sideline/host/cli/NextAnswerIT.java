package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ended stands before the next answer that the built program gives to a client, once. */
class NextAnswerIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String NEWS = "[Background tasks] ";

  @TempDir private Path folder;
  private McpProcess server;

  @BeforeEach
  void start() throws IOException {
    Files.writeString(
        folder.resolve("agents.json"),
        "{\"agents\":{\"quick\":{\"command\":[\"sh\",\"-c\",\"echo 42; touch \\\"$0\\\"\","
            + "\"{prompt}\"]}}}");
    server =
        McpProcess.start(
            folder,
            "--data",
            folder.resolve("data").toString(),
            "--config",
            folder.resolve("agents.json").toString());
  }

  @AfterEach
  void end() throws Exception {
    server.process().outputWriter().close();
    assertThat(server.process().waitFor()).isZero();
  }

  @Test
  void of_many_calls_at_once_one_tells_it() throws IOException {
    String task = launch("one");
    runsToItsEnd("one");
    // It is known to have ended a moment after its process has gone.
    String first = "";
    while (!first.contains(NEWS)) {
      List<Integer> calls = List.of(list(), list(), list(), list());
      List<String> answers = answers(calls);
      assertThat(answers.stream().filter(answer -> answer.contains(NEWS))).hasSizeLessThan(2);
      first = answers.stream().filter(answer -> answer.contains(NEWS)).findFirst().orElse("");
    }
    assertThat(first).contains(task, "completed");
    assertThat(text("background_list", "{}")).doesNotContain(NEWS);
  }

  @Test
  void what_a_cancelled_call_would_have_told_the_next_one_tells() throws IOException {
    launch("one");
    String held =
        launchWith("{\"agent\":\"slow\",\"description\":\"long\",\"prompt\":\"for 60 seconds\"}");
    int wait =
        server.call("background_output", object("{\"wait\":\"all\",\"task_id\":\"" + held + "\"}"));
    runsToItsEnd("one");

    server.cancel(wait);

    await().atMost(PATIENCE).until(() -> text("background_list", "{}").startsWith(NEWS));
    assertThat(text("background_list", "{}")).doesNotContain(NEWS);
  }

  @Test
  void a_refused_call_tells_it_too() throws IOException {
    launch("one");
    runsToItsEnd("one");

    await().atMost(PATIENCE).until(() -> text("background_cancel", "{\"no\":1}").startsWith(NEWS));
    assertThat(text("background_cancel", "{\"no\":1}")).startsWith("Say what to cancel");
  }

  private String launch(String mark) throws IOException {
    return launchWith(
        "{\"agent\":\"quick\",\"description\":\"quick\",\"prompt\":\""
            + folder.resolve(mark)
            + "\"}");
  }

  private String launchWith(String arguments) throws IOException {
    String launched = text("background_task", arguments);
    assertThat(launched).startsWith("Launched background task ");
    return launched.split("[ .]", 5)[3];
  }

  private void runsToItsEnd(String mark) {
    await().atMost(PATIENCE).until(() -> Files.exists(folder.resolve(mark)));
  }

  private int list() throws IOException {
    return server.call("background_list", JSON.createObjectNode());
  }

  /** In whatever order they come. */
  private List<String> answers(List<Integer> calls) throws IOException {
    List<JsonNode> answers = server.answers(calls);
    return answers.stream().map(answer -> answer.at("/content/0/text").asText()).toList();
  }

  private String text(String tool, String arguments) throws IOException {
    return server.text(tool, object(arguments));
  }

  private static ObjectNode object(String text) throws IOException {
    return (ObjectNode) JSON.readTree(text);
  }
}
