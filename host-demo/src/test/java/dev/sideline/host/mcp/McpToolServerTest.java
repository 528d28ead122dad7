package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The server seen from the wire, line by line. */
@Timeout(30)
class McpToolServerTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final ConcurrentLinkedQueue<ToolCall> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<ToolResult> release = new CompletableFuture<>();
  private volatile Consumer<ToolCall> onCall = call -> {};
  private volatile boolean endsWhenCancelled;
  private PipedOutputStream toServer;
  private BufferedReader fromServer;
  private McpToolServer server;
  private int lastId;

  @BeforeEach
  void start() throws IOException {
    toServer = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
    PipedOutputStream out = new PipedOutputStream();
    fromServer =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 20), StandardCharsets.UTF_8));
    List<Tool> tools = new ArrayList<>(StubTools.all());
    tools.add(
        StubTools.tool(
            "waits",
            new ToolSpec.Hints(true, false, true),
            null,
            call -> {
              CompletableFuture<ToolResult> answer = release.copy();
              onCall.accept(call);
              if (endsWhenCancelled) {
                call.cancellation()
                    .onCancel(() -> answer.complete(ToolResult.of("cancelled", null)));
              }
              waiting.add(call);
              return answer;
            }));
    server =
        new McpToolServer(
            tools,
            new ConnectionCaller(() -> CompletableFuture.completedFuture("ses_connection")),
            "1.0",
            in,
            out);
    JsonNode answer =
        request(
            "initialize",
            "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}");
    assertThat(answer.at("/result/serverInfo/name").asText()).isEqualTo("sideline");
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
  }

  @AfterEach
  void stop() throws IOException {
    release.complete(ToolResult.of("released", null));
    toServer.close();
    server.close();
    ReactorThreads.end();
  }

  @Test
  void tools_are_listed_with_their_schemas_and_hints() throws IOException {
    JsonNode tools = request("tools/list", "{}").at("/result/tools");

    assertThat(tools.findValuesAsText("name"))
        .containsExactlyInAnyOrder("whoami", "refuses", "throws", "fails", "tells", "waits");
    JsonNode whoami = named(tools, "whoami");
    assertThat(whoami.at("/inputSchema/required/0").asText()).isEqualTo("x");
    assertThat(whoami.at("/inputSchema/properties").has(SignedCallers.ARGUMENT)).isFalse();
    assertThat(whoami.at("/outputSchema/type").asText()).isEqualTo("object");
    assertThat(whoami.at("/annotations/readOnlyHint").asBoolean()).isTrue();
    assertThat(named(tools, "refuses").at("/annotations/destructiveHint").asBoolean()).isTrue();
    assertThat(named(tools, "refuses").has("outputSchema")).isFalse();
  }

  @Test
  void an_answer_has_text_and_structured_content() throws IOException {
    JsonNode result = call("whoami", "{\"x\":\"1\"}");

    assertThat(result.at("/content/0/text").asText())
        .isEqualTo("ses_connection null {\"x\":\"1\"}");
    assertThat(result.at("/structuredContent/session").asText()).isEqualTo("ses_connection");
    assertThat(result.at("/isError").asBoolean()).isFalse();
  }

  @Test
  void arguments_that_break_the_schema_are_the_tools_to_judge() throws IOException {
    assertThat(call("whoami", "{\"y\":[1,null]}").at("/content/0/text").asText())
        .endsWith("{\"y\":[1,null]}");
  }

  @Test
  void a_refusal_is_an_error_result_with_the_tools_own_words() throws IOException {
    JsonNode result = call("refuses", "{}");

    assertThat(result.at("/isError").asBoolean()).isTrue();
    assertThat(result.at("/content/0/text").asText()).isEqualTo("agent 'x' is unknown");
  }

  @Test
  void a_tool_that_throws_or_fails_gives_an_error_result_that_leaks_nothing() throws IOException {
    for (String tool : List.of("throws", "fails")) {
      JsonNode result = call(tool, "{}");

      assertThat(result.at("/isError").asBoolean()).isTrue();
      assertThat(result.toString()).contains(tool).doesNotContain(StubTools.SECRET);
    }
  }

  @Test
  void a_line_that_is_no_message_is_answered_and_the_next_one_works() throws IOException {
    for (String line :
        List.of("{oops", "[]", "42", "null", "{\"jsonrpc\":\"2.0\"}", "\u0000\u0001")) {
      send(line);
      assertThat(read().at("/error/code").asInt()).as(line).isEqualTo(-32700);
    }
    send("");

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void a_line_that_is_too_long_is_answered_and_the_next_one_works() throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":99,\"method\":\"ping\",\"params\":{\"x\":\""
            + "a".repeat(McpToolServer.LONGEST_MESSAGE_BYTES)
            + "\"}}");
    assertThat(read().at("/error/message").asText()).contains("longer than");

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void an_unknown_tool_is_an_error_of_the_protocol() throws IOException {
    assertThat(
            request("tools/call", "{\"name\":\"nope\",\"arguments\":{}}").at("/error/code").asInt())
        .isEqualTo(-32602);
  }

  @Test
  void a_call_that_waits_does_not_hold_up_another() throws IOException {
    int id = sendCall("waits", "{}");
    await().until(() -> !waiting.isEmpty());

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();

    release.complete(ToolResult.of("released", null));
    JsonNode late = read();
    assertThat(late.at("/id").asInt()).isEqualTo(id);
    assertThat(late.at("/result/content/0/text").asText()).isEqualTo("released");
  }

  @Test
  void a_cancellation_reaches_the_call_that_it_means_and_no_other() throws Exception {
    int first = sendCall("waits", "{}");
    await().until(() -> waiting.size() == 1);
    sendCall("waits", "{}");
    await().until(() -> waiting.size() == 2);
    CompletableFuture<Void> told = new CompletableFuture<>();
    AtomicBoolean other = new AtomicBoolean();
    waiting.remove().cancellation().onCancel(() -> told.complete(null));
    waiting.remove().cancellation().onCancel(() -> other.set(true));

    cancel(Integer.toString(first));

    told.get(10, TimeUnit.SECONDS);
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
    assertThat(other).isFalse();
  }

  @Test
  void a_cancellation_that_comes_before_its_call_has_begun_is_not_lost() throws Exception {
    CompletableFuture<Void> told = new CompletableFuture<>();
    onCall = call -> call.cancellation().onCancel(() -> told.complete(null));
    int id = lastId + 1;
    toServer.write(
        (callLine(id, "waits", "{}") + "\n" + cancelLine(Integer.toString(id)) + "\n")
            .getBytes(StandardCharsets.UTF_8));
    lastId = id;

    told.get(10, TimeUnit.SECONDS);
  }

  @Test
  void a_cancellation_of_a_call_that_is_over_or_never_was_changes_nothing() throws Exception {
    call("whoami", "{}");
    cancel(Integer.toString(lastId));
    cancel(Integer.toString(lastId + 1));
    cancel("\"x\"");
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":null}");
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\"}");
    AtomicBoolean cancelled = new AtomicBoolean();
    onCall = call -> call.cancellation().onCancel(() -> cancelled.set(true));

    sendCall("waits", "{}");
    await().until(() -> !waiting.isEmpty());

    assertThat(cancelled).isFalse();
  }

  @Test
  void a_call_whose_wait_was_cancelled_leaves_its_place_to_another() throws IOException {
    endsWhenCancelled = true;
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ids.add(sendCall("waits", "{}"));
    }
    await().until(() -> waiting.size() == 200);
    assertThat(call("whoami", "{}").at("/content/0/text").asText()).contains("too many calls");

    for (int id : ids) {
      cancel(Integer.toString(id));
    }
    for (int i = 0; i < 200; i++) {
      assertThat(read().at("/result/content/0/text").asText()).isEqualTo("cancelled");
    }

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void numbers_reach_a_tool_as_they_were_written() throws IOException {
    assertThat(call("whoami", "{\"x\":12345678901234567890,\"y\":0.5,\"_meta\":1}").toString())
        .contains("12345678901234567890", "0.5");
  }

  private void cancel(String requestId) {
    send(cancelLine(requestId));
  }

  private static String cancelLine(String requestId) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":"
        + requestId
        + ",\"reason\":\"x\"}}";
  }

  @Test
  void too_many_waiting_calls_are_refused_and_leave_room_for_the_rest() throws IOException {
    for (int i = 0; i < 200; i++) {
      sendCall("waits", "{}");
    }
    await().until(() -> waiting.size() == 200);

    JsonNode refused = call("whoami", "{}");
    assertThat(refused.at("/isError").asBoolean()).isTrue();
    assertThat(refused.at("/content/0/text").asText()).contains("too many calls");

    release.complete(ToolResult.of("released", null));
    for (int i = 0; i < 200; i++) {
      assertThat(read().at("/result/content/0/text").asText()).isEqualTo("released");
    }
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void progress_goes_to_a_client_that_asked_for_it() throws IOException {
    int id = ++lastId;
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\"tools/call\",\"params\":{\"name\":\"tells\",\"arguments\":{},"
            + "\"_meta\":{\"progressToken\":\"p1\"}}}");

    JsonNode progress = read();
    assertThat(progress.at("/method").asText()).isEqualTo("notifications/progress");
    assertThat(progress.at("/params/message").asText()).isEqualTo("halfway");
    assertThat(progress.at("/params/progressToken").asText()).isEqualTo("p1");
    assertThat(read().at("/id").asInt()).isEqualTo(id);
  }

  @Test
  void when_the_client_closes_its_end_waits_are_told_and_the_server_has_ended() throws Exception {
    sendCall("waits", "{}");
    await().until(() -> !waiting.isEmpty());
    CompletableFuture<Void> told = new CompletableFuture<>();
    waiting.element().cancellation().onCancel(() -> told.complete(null));

    toServer.close();

    told.get(5, TimeUnit.SECONDS);
    server.ended().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }

  private JsonNode call(String tool, String arguments) throws IOException {
    int id = sendCall(tool, arguments);
    JsonNode answer = read();
    assertThat(answer.at("/id").asInt()).isEqualTo(id);
    return answer.at("/result");
  }

  private int sendCall(String tool, String arguments) {
    int id = ++lastId;
    send(callLine(id, tool, arguments));
    return id;
  }

  private static String callLine(int id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"tools/call\",\"params\":{\"name\":\""
        + tool
        + "\",\"arguments\":"
        + arguments
        + "}}";
  }

  private JsonNode request(String method, String params) throws IOException {
    int id = ++lastId;
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}");
    JsonNode answer = read();
    assertThat(answer.at("/id").asInt()).isEqualTo(id);
    return answer;
  }

  private void send(String line) {
    try {
      toServer.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      toServer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode read() throws IOException {
    return JSON.readTree(fromServer.readLine());
  }

  private static JsonNode named(JsonNode tools, String name) {
    for (JsonNode tool : tools) {
      if (tool.path("name").asText().equals(name)) {
        return tool;
      }
    }
    throw new AssertionError("no tool " + name);
  }
}
