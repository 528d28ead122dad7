package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a client writes, each sound request in it is answered, and in our own words. */
class McpLinesFuzzTest {

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> NAMES =
      List.of("jsonrpc", "id", "method", "params", "name", "arguments", "_meta", "progressToken");
  private static final List<String> METHODS =
      List.of(
          "initialize",
          "ping",
          "tools/list",
          "tools/call",
          "notifications/cancelled",
          "notifications/initialized",
          "resources/list",
          "logging/setLevel");
  private static final int LINES = 20;

  private final PipedOutputStream toServer = new PipedOutputStream();
  private BufferedReader fromServer;
  private McpToolServer server;
  private int lastId;

  @BeforeEach
  void start() throws IOException {
    PipedInputStream in = new PipedInputStream(toServer, 1 << 22);
    PipedOutputStream out = new PipedOutputStream();
    fromServer =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 20), StandardCharsets.UTF_8));
    server =
        new McpToolServer(
            StubTools.all(),
            new ConversationCallers(
                Map.of(), (conversation, origin) -> CompletableFuture.completedFuture("ses_fuzz")),
            AnswerForm.TEXT,
            "1.0",
            in,
            out);
  }

  @AfterEach
  void stop() throws Exception {
    toServer.close();
    server.ended().toCompletableFuture().get(20, TimeUnit.SECONDS);
    server.close();
    ReactorThreads.end();
  }

  @Test
  void each_sound_request_is_answered_whatever_stands_around_it() {
    Fuzz.run(this::round);
  }

  private void round(Random random) throws IOException {
    Garble garble = new Garble(random);
    Set<String> open = new HashSet<>();
    for (int i = 0; i < LINES; i++) {
      byte[] line =
          random.nextInt(3) == 0
              ? sound(garble, open).getBytes(StandardCharsets.UTF_8)
              : garble.bytes(noise(garble).replace('\n', ' '));
      toServer.write(line);
      toServer.write('\n');
    }
    String last = ask(open, "ping", "{}");
    toServer.write((last + "\n").getBytes(StandardCharsets.UTF_8));
    toServer.flush();
    while (!open.isEmpty()) {
      open.remove(answered());
    }
  }

  /** A request that is answered, and must be. */
  private String sound(Garble garble, Set<String> open) {
    String call =
        "{\"name\":"
            + Garble.quoted(garble.any("whoami", "tells", "throws", "fails", "refuses", "nope"))
            + ",\"arguments\":"
            + garble.any(garble.json(), garble.object(List.of("x", "task_id")), "{}")
            + ",\"_meta\":"
            + garble.any("null", garble.json(), garble.object(NAMES))
            + "}";
    return switch (garble.any(1, 2, 3)) {
      case 1 -> ask(open, "tools/call", call);
      case 2 -> ask(open, garble.anyOf(METHODS), garble.object(NAMES));
      default -> ask(open, garble.text(), garble.json());
    };
  }

  private String ask(Set<String> open, String method, String params) {
    String id = "fuzz-" + ++lastId;
    open.add(id);
    return "{\"jsonrpc\":\"2.0\",\"id\":\""
        + id
        + "\",\"method\":"
        + Garble.quoted(method)
        + ",\"params\":"
        + params
        + "}";
  }

  private String noise(Garble garble) {
    String message =
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + garble.any("1", "\"a\"", garble.json())
            + ",\"method\":"
            + garble.any(Garble.quoted(garble.anyOf(METHODS)), garble.json())
            + ",\"params\":"
            + garble.object(NAMES)
            + "}";
    return garble.damaged(
        garble.any(
            message,
            message + message,
            garble.json(),
            garble.text(),
            "[" + message + "," + message + "]",
            garble.object(NAMES)));
  }

  /** Reads a line of the server, which must be a message in our words; its id. */
  private String answered() throws IOException {
    String line = fromServer.readLine();
    JsonNode message = JSON.readTree(line);
    assertThat(message.path("jsonrpc").asText()).isEqualTo("2.0");
    if (message.has("method")) {
      assertThat(message.path("method").asText()).isEqualTo("notifications/progress");
      return "";
    }
    assertThat(message.has("result") ^ message.has("error")).as(line).isTrue();
    String told = message.at("/error/message").asText();
    assertThat(message.path("error").has("data")).as(line).isFalse();
    assertThat(told).doesNotContain("Exception", "java.", "jackson", "io.modelcontextprotocol");
    assertThat(message.at("/error/code").asInt()).as(line).isNotEqualTo(-32603);
    return message.path("id").asText();
  }
}
