package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The built program and an MCP client that gives up a call without closing the connection. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class CancelledWaitIT {

  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path folder;

  @Test
  void a_wait_that_the_client_cancels_ends_and_what_it_would_have_shown_is_not_taken_as_read()
      throws Exception {
    Path go = folder.resolve("go");
    Path config =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"agents\":{\"held\":{\"command\":[\"sh\",\"-c\",\"until [ -e '"
                + go
                + "' ]; do sleep 0.05; done; echo the answer\"]}}}");
    Process server =
        new ProcessBuilder(
                HostJar.command(
                    "mcp",
                    "--data",
                    folder.resolve("data").toString(),
                    "--config",
                    config.toString()))
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader answers = server.inputReader()) {
      send(
          server,
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
              + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
              + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
      answer(answers, 1);
      send(server, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
      call(
          server,
          2,
          "background_task",
          "{\"agent\":\"held\",\"description\":\"Held\",\"prompt\":\"p\"}");
      assertThat(answer(answers, 2).at("/isError").asBoolean()).isFalse();
      call(server, 3, "background_output", "{\"wait\":\"all\",\"timeout_seconds\":600}");
      // Calls that came before this one have begun when it is answered.
      call(server, 4, "background_list", "{}");
      answer(answers, 4);

      send(
          server,
          "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\","
              + "\"params\":{\"requestId\":3,\"reason\":\"given up\"}}");

      // Its wait ends long before its time, with the task still at work.
      assertThat(answer(answers, 3).toString()).doesNotContain("the answer");
      Files.createFile(go);
      call(server, 5, "background_output", "{\"wait\":\"all\",\"timeout_seconds\":60}");
      assertThat(answer(answers, 5).toString()).contains("the answer");
    } finally {
      server.outputWriter().close();
      assertThat(server.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static void call(Process server, int id, String tool, String arguments)
      throws IOException {
    send(
        server,
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
            + tool
            + "\",\"arguments\":"
            + arguments
            + "}}");
  }

  private static void send(Process server, String line) throws IOException {
    server.outputWriter().append(line).append('\n').flush();
  }

  private static JsonNode answer(BufferedReader answers, int id) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      JsonNode message = JSON.readTree(line);
      if (message.path("id").asInt() == id) {
        return message.path("result");
      }
    }
    throw new AssertionError("the server ended without an answer to " + id);
  }
}
