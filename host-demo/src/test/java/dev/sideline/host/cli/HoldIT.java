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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built program between a client and the hook of that client. */
class HoldIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final String NEWS = "[Background tasks] ";

  @TempDir private Path folder;
  private McpProcess server;

  @AfterEach
  void end() throws Exception {
    if (server != null) {
      server.process().outputWriter().close();
      assertThat(server.process().waitFor()).isZero();
    }
  }

  @Test
  void two_threads_of_codex_over_one_process_do_not_see_each_others_tasks() throws IOException {
    server = start("codex-mcp-client", "socket");
    launch("thread-1");

    assertThat(text("thread-1", "background_list", "{}")).contains("the work");
    assertThat(text("thread-2", "background_list", "{}"))
        .isEqualTo("You have no background tasks.");
    assertThat(text("thread-2", "background_list", "{\"threadId\":\"thread-1\"}"))
        .doesNotContain("the work");

    assertThat(held("codex", "thread-1").path("decision").asText()).isEqualTo("block");
    assertThat(held("codex", "thread-2")).isEmpty();
    assertThat(held("codex", "thread-3")).isEmpty();
  }

  @Test
  void a_hook_of_the_program_that_has_started_the_server_finds_it_without_an_id()
      throws IOException {
    server = start("gemini-cli-mcp-client", "socket");
    launch("");

    JsonNode held = held("gemini", "of no use");
    assertThat(held.path("decision").asText()).isEqualTo("deny");
    assertThat(held.path("reason").asText())
        .contains("the work", "1 of your background tasks is still at work");
    assertThat(held("gemini", "of no use").path("systemMessage").asText())
        .contains("1 background task is still at work");
  }

  @Test
  void a_hook_that_is_a_call_of_a_tool_is_told_over_the_connection() throws IOException {
    server = start("claude-code", "tool");
    assertThat(held()).isEqualTo("{}");
    launch("");

    JsonNode held = JSON.readTree(text("", "background_hold", "{\"active\":\"false\"}"));

    assertThat(held.path("decision").asText()).isEqualTo("block");
    assertThat(held.path("reason").asText()).contains("the work");
  }

  @Test
  void a_conversation_that_was_not_told_of_an_end_is_told_before_its_own() throws IOException {
    server = start("claude-code", "tool");
    text("", "background_task", "{\"agent\":\"echo\",\"description\":\"quick\",\"prompt\":\"x\"}");

    // Every second end is granted as long as the task is at work.
    await().atMost(PATIENCE).until(() -> held().contains(NEWS + "All of your background tasks"));

    assertThat(text("", "background_list", "{}")).contains("completed").doesNotContain(NEWS);
    assertThat(held()).isEqualTo("{}");
  }

  @Test
  void a_hook_without_a_server_disturbs_nobody() throws IOException {
    for (String told : List.of("", "{}", "no json", "{\"session_id\":7}")) {
      HostJar.Outcome hook = hook("codex", told);
      assertThat(hook.exitCode()).as(hook.err()).isZero();
      assertThat(hook.out().strip()).isEqualTo("{}");
    }
  }

  @Test
  void a_hook_that_is_called_wrongly_refuses_no_end() throws IOException {
    HostJar.Outcome program = HostJar.run(folder, "hold", "--program", "emacs");
    assertThat(program.err()).contains("'emacs'", "claude or codex or gemini or qwen");
    HostJar.Outcome option = HostJar.run(folder, "hold", "--program", "codex", "--of-tomorrow");
    assertThat(option.err()).contains("--of-tomorrow");

    // With 2, a hook refuses.
    assertThat(List.of(program.exitCode(), option.exitCode())).containsOnly(ExitCodes.FAILED);
  }

  @Test
  void what_is_not_allowed_is_told() throws IOException {
    HostJar.Outcome how = HostJar.run(folder, "mcp", "--hold", "tight");
    assertThat(how.exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(how.err()).contains("'tight'", "tool or socket");

    Files.createFile(folder.resolve("key"));
    HostJar.Outcome both = HostJar.run(folder, "mcp", "--hold", "tool", "--caller-key", "key");
    assertThat(both.exitCode()).isEqualTo(ExitCodes.USAGE);
  }

  private McpProcess start(String client, String how) throws IOException {
    return McpProcess.startFor(client, folder, "--data", data(), "--hold", how);
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private void launch(String thread) throws IOException {
    assertThat(
            text(
                thread,
                "background_task",
                "{\"agent\":\"slow\",\"description\":\"the work\",\"prompt\":\"for 60 seconds\"}"))
        .startsWith("Launched");
  }

  private String text(String thread, String tool, String arguments) throws IOException {
    ObjectNode meta = JSON.createObjectNode();
    if (!thread.isEmpty()) {
      meta.put("threadId", thread);
    }
    int call = server.call(tool, (ObjectNode) JSON.readTree(arguments), meta);
    return server.answer(call).at("/content/0/text").asText();
  }

  private String held() throws IOException {
    return text("", "background_hold", "{}");
  }

  private JsonNode held(String program, String session) throws IOException {
    HostJar.Outcome hook =
        hook(program, "{\"hook_event_name\":\"Stop\",\"session_id\":\"" + session + "\"}");
    assertThat(hook.exitCode()).as(hook.err()).isZero();
    return JSON.readTree(hook.out());
  }

  private HostJar.Outcome hook(String program, String told) throws IOException {
    return HostJar.runWithInput(folder, told, "hold", "--program", program, "--data", data());
  }
}
