package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.SessionException;
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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The server seen from the wire, line by line. */
@Timeout(30)
class McpToolServerTest {

  private static final JsonMapper JSON = new JsonMapper();

  private final ConcurrentLinkedQueue<ToolCall> waiting = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<ToolResult> release = new CompletableFuture<>();
  private volatile Consumer<ToolCall> onCall = call -> {};
  private final ConcurrentLinkedQueue<CompletableFuture<ToolResult>> late =
      new ConcurrentLinkedQueue<>();
  private volatile Supplier<CompletionStage<String>> newSession =
      () -> CompletableFuture.completedFuture("ses_connection");
  private volatile boolean endsWhenCancelled;
  private AnswerForm form = AnswerForm.TEXT;
  private PipedOutputStream toServer;
  private BufferedReader fromServer;
  private McpToolServer server;
  private int lastId;

  @BeforeEach
  void startAndGreet() throws IOException {
    start();
    greet();
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
  }

  private void start() throws IOException {
    toServer = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
    PipedOutputStream out = new PipedOutputStream();
    fromServer =
        new BufferedReader(
            new InputStreamReader(new PipedInputStream(out, 1 << 20), StandardCharsets.UTF_8));
    List<Tool> tools = new ArrayList<>(StubTools.all());
    tools.add(
        StubTools.tool(
            "late",
            new ToolSpec.Hints(false, false, false, false),
            null,
            call -> {
              CompletableFuture<ToolResult> answer = new CompletableFuture<>();
              late.add(answer);
              return answer;
            }));
    tools.add(
        StubTools.tool(
            "waits",
            new ToolSpec.Hints(true, false, true, false),
            null,
            call -> {
              CompletableFuture<ToolResult> answer = release.copy();
              onCall.accept(call);
              if (endsWhenCancelled) {
                call.cancellation()
                    .onCancel(() -> answer.complete(ToolResult.failure("cancelled")));
              }
              waiting.add(call);
              return answer;
            }));
    tools.add(new KeyedTool());
    server =
        new McpToolServer(
            tools,
            new ConversationCallers(Map.of(), (conversation, origin) -> newSession.get()),
            form,
            "1.0",
            in,
            out);
  }

  /** One that does something once for each key, and tells what it was given. */
  private static final class KeyedTool implements Tool {
    @Override
    public ToolSpec spec() {
      return ToolSpec.of(
          "keyed",
          "Does it once",
          "{\"type\":\"object\",\"properties\":{\"idempotency_key\":{\"type\":\"string\"}}}");
    }

    @Override
    public CompletionStage<ToolResult> call(ToolCall call) {
      return CompletableFuture.completedFuture(ToolResult.of(call.arguments(), null));
    }
  }

  private void restart() throws IOException {
    toServer.close();
    server.close();
    start();
  }

  private void greet() throws IOException {
    JsonNode answer =
        request(
            "initialize",
            "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                + "\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}");
    assertThat(answer.at("/result/serverInfo/name").asText()).isEqualTo("sideline");
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
        .containsExactlyInAnyOrder(
            "whoami", "refuses", "throws", "fails", "tells", "waits", "late", "keyed");
    JsonNode whoami = named(tools, "whoami");
    assertThat(whoami.at("/inputSchema/required/0").asText()).isEqualTo("x");
    assertThat(whoami.at("/inputSchema/properties").has(SignedCallers.ARGUMENT)).isFalse();
    assertThat(whoami.path("title").asText()).isEqualTo("Do whoami");
    assertThat(whoami.at("/annotations/readOnlyHint").asBoolean()).isTrue();
    assertThat(whoami.at("/annotations/openWorldHint").asBoolean(true)).isFalse();
    assertThat(whoami.path("_meta").path("anthropic/alwaysLoad").asBoolean()).isTrue();
    assertThat(named(tools, "refuses").at("/annotations/destructiveHint").asBoolean()).isTrue();
    assertThat(named(tools, "refuses").has("_meta")).isFalse();
  }

  @Test
  void an_answer_is_text_alone() throws IOException {
    JsonNode result = call("whoami", "{\"x\":\"1\"}");

    assertThat(result.at("/content/0/text").asText())
        .isEqualTo("ses_connection null {\"x\":\"1\"}");
    assertThat(result.has("structuredContent")).isFalse();
    assertThat(result.at("/isError").asBoolean()).isFalse();
    assertThat(request("tools/list", "{}").at("/result/tools"))
        .noneMatch(tool -> tool.has("outputSchema"));
  }

  @Test
  void an_answer_is_structured_content_too_where_that_is_wanted() throws IOException {
    form = AnswerForm.TEXT_AND_STRUCTURED;
    restart();
    greet();

    JsonNode result = call("whoami", "{\"x\":\"1\"}");

    assertThat(result.at("/content/0/text").asText()).startsWith("ses_connection");
    assertThat(result.at("/structuredContent/session").asText()).isEqualTo("ses_connection");
    JsonNode tools = request("tools/list", "{}").at("/result/tools");
    assertThat(named(tools, "whoami").at("/outputSchema/type").asText()).isEqualTo("object");
    assertThat(named(tools, "refuses").has("outputSchema")).isFalse();
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{oops                                                | -32700 | null",
        "null                                                 | -32600 | null",
        "true                                                 | -32600 | null",
        "42                                                   | -32600 | null",
        "\"text\"                                             | -32600 | null",
        "[]                                                   | -32600 | null",
        "[1]                                                  | -32600 | null",
        "[{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\"}]   | -32600 | 8",
        "{}                                                   | -32600 | null",
        "{\"jsonrpc\":\"2.0\"}                                | -32600 | null",
        "{\"jsonrpc\":\"2.0\",\"id\":8}                       | -32600 | 8",
        "{\"jsonrpc\":\"1.0\",\"id\":\"a\",\"method\":\"ping\"} | -32600 | \"a\"",
        "{\"id\":8,\"method\":\"ping\"}                       | -32600 | 8",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":7}          | -32600 | 8",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"} | -32600 | 1.5",
        "{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"ping\"} | -32600 | null",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"p\",oops} | -32700 | 8",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"x\":1e99999999999} | -32600 | 8",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"nope\"}   | -32601 | 8",
      })
  void a_line_that_is_no_message_is_answered_and_the_next_one_works(
      String line, int code, String id) throws IOException {
    send(line);
    JsonNode refused = read();

    assertThat(refused.at("/error/code").asInt()).isEqualTo(code);
    assertThat(refused.path("id").toString()).isEqualTo(id);
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void bytes_that_are_no_text_are_answered_and_the_next_line_works() throws IOException {
    toServer.write("{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"".getBytes(StandardCharsets.UTF_8));
    toServer.write(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
    send("\"}");
    JsonNode refused = read();

    assertThat(refused.at("/error/code").asInt()).isEqualTo(-32700);
    assertThat(refused.path("id").asInt()).isEqualTo(8);
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "\r",
        "{\"jsonrpc\":\"2.0\",\"id\":8,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1,\"message\":\"x\"}}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/whatever\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
      })
  void what_wants_no_answer_gets_none_and_the_next_line_works(String line) throws IOException {
    send(line);

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void several_messages_in_one_line_are_all_answered() throws IOException {
    send(
        callLine(101, "whoami", "{}")
            + callLine(102, "whoami", "{}")
            + " {\"jsonrpc\":\"2.0\",\"id\":103,\"method\":\"ping\"} oops");

    assertThat(
            List.of(read().at("/id").asInt(), read().at("/id").asInt(), read().at("/id").asInt()))
        .containsExactly(101, 102, 103);
    assertThat(read().at("/error/code").asInt()).isEqualTo(-32700);
  }

  @ParameterizedTest
  @ValueSource(strings = {"99", "\"ninety-nine\""})
  void a_line_that_is_too_long_is_answered_under_its_id_and_the_next_one_works(String id)
      throws IOException {
    String much = "a".repeat(McpToolServer.LONGEST_MESSAGE_BYTES);
    for (String line :
        List.of(
            "{\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + ",\"method\":\"ping\",\"params\":{\"x\":\""
                + much
                + "\"}}",
            "{\"method\":\"ping\",\"params\":{\"id\":1,\"x\":\""
                + much
                + "\"},\"jsonrpc\":\"2.0\",\"id\":"
                + id
                + "}")) {
      send(line);
      JsonNode refused = read();
      assertThat(refused.at("/error/message").asText()).contains("longer than");
      assertThat(refused.path("id").toString()).isEqualTo(id);
    }

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void a_message_that_is_nested_too_deep_or_has_too_many_parts_is_answered_under_its_id()
      throws IOException {
    for (String value :
        List.of("[".repeat(200) + "]".repeat(200), "[" + "1,".repeat(210_000) + "1]")) {
      send(
          "{\"method\":\"tools/call\",\"params\":{\"x\":"
              + value
              + "},\"jsonrpc\":\"2.0\",\"id\":99}");
      JsonNode refused = read();
      assertThat(refused.at("/error/message").asText()).contains("nested");
      assertThat(refused.path("id").asInt()).isEqualTo(99);
    }

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void a_ping_is_answered_at_any_time_and_a_request_before_the_greeting_is_refused()
      throws IOException {
    restart();
    assertThat(request("ping", "{}").has("result")).isTrue();
    assertThat(request("tools/list", "{}").at("/error/message").asText()).contains("'initialize'");
    greet();
    assertThat(request("ping", "{}").has("result")).isTrue();

    // A client that does not say that it has taken the greeting, has.
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    assertThat(call("tells", "{}").at("/content/0/text").asText()).isEqualTo("done");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "1",
        "\"x\"",
        "{}",
        "{\"name\":null}",
        "{\"name\":[1]}",
        "{\"name\":7,\"arguments\":{}}"
      })
  void params_of_a_call_that_cannot_be_used_are_refused_with_the_name_of_the_field(String params)
      throws IOException {
    JsonNode error = request("tools/call", params).path("error");

    assertThat(error.path("code").asInt()).isEqualTo(-32602);
    assertThat(error.path("message").asText())
        .startsWith("'params")
        .contains("must be")
        .doesNotContain("java", "Exception");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[]", "[1]", "7", "true", "\"oops\"", "\"[]\"", "\"{\\\"x\\\":\"", "\"{} {}\""})
  void arguments_that_are_no_object_are_refused_in_words_that_a_model_sees(String arguments)
      throws IOException {
    JsonNode result = call("whoami", arguments);

    assertThat(result.at("/isError").asBoolean()).isTrue();
    assertThat(result.at("/content/0/text").asText())
        .startsWith("'arguments' is ")
        .contains("must be a JSON object")
        .doesNotContain("java", "Exception");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {"null|{}", "\"\"|{}", "\"{}\"|{}", "\"{\\\"x\\\":0.50}\"|{\"x\":0.50}"})
  void arguments_that_a_model_has_written_into_a_text_are_taken(String arguments, String taken)
      throws IOException {
    assertThat(call("whoami", arguments).at("/content/0/text").asText()).endsWith(" " + taken);
  }

  @Test
  void odd_parts_of_a_request_that_nothing_hangs_on_do_no_harm() throws IOException {
    for (String params : List.of("null", "[]", "7", "{\"cursor\":[1]}", "{\"cursor\":\"x\"}")) {
      assertThat(request("tools/list", params).at("/result/tools").size()).as(params).isEqualTo(8);
    }
    for (String meta :
        List.of("null", "[]", "7", "{\"progressToken\":{}}", "{\"progressToken\":1.5}")) {
      assertThat(
              request("tools/call", "{\"name\":\"tells\",\"arguments\":{},\"_meta\":" + meta + "}")
                  .at("/result/content/0/text")
                  .asText())
          .as(meta)
          .isEqualTo("done");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "{}", "[]", "{\"protocolVersion\":7}", "{\"protocolVersion\":null}"})
  void a_greeting_without_a_version_is_refused_in_words(String params) throws IOException {
    JsonNode error = request("initialize", params).path("error");

    assertThat(error.path("code").asInt()).isEqualTo(-32602);
    assertThat(error.path("message").asText()).contains("protocolVersion");
  }

  @Test
  void a_server_of_sessions_that_is_away_is_told_as_that_and_the_next_call_tries_again()
      throws IOException {
    newSession =
        () ->
            CompletableFuture.failedFuture(
                new SessionException(SessionException.Code.UNAVAILABLE, StubTools.SECRET));
    JsonNode refused = call("whoami", "{}");

    assertThat(refused.at("/isError").asBoolean()).isTrue();
    assertThat(refused.at("/content/0/text").asText())
        .contains("does not answer", "Nothing was changed")
        .doesNotContain("inside Sideline", StubTools.SECRET);

    newSession = () -> CompletableFuture.completedFuture("ses_connection");
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void an_unknown_tool_is_an_error_of_the_protocol() throws IOException {
    assertThat(
            request("tools/call", "{\"name\":\"nope\",\"arguments\":{}}").at("/error/code").asInt())
        .isEqualTo(-32602);
  }

  @Test
  void what_cannot_be_seen_in_a_refused_message_is_shown() throws IOException {
    assertThat(
            request("tools/call", "{\"name\":\"no\u202epe\\u001b[2J\"}")
                .at("/error/message")
                .asText())
        .contains("'no\\u202epe\\u001b[2J'");
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
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < CallPlaces.MAX_WAITS; i++) {
      ids.add(sendCall("waits", "{}"));
    }
    await().until(() -> waiting.size() == CallPlaces.MAX_WAITS);
    refusedExcess();

    // The tools go on; what counts is that nobody waits for them any more.
    for (int id : ids) {
      cancel(Integer.toString(id));
    }
    for (int i = 0; i < CallPlaces.MAX_WAITS; i++) {
      sendCall("waits", "{}");
    }
    await().until(() -> waiting.size() == 2 * CallPlaces.MAX_WAITS + 1);
    refusedExcess();
  }

  /** One more wait is refused, and no other was before. */
  private void refusedExcess() throws IOException {
    endsWhenCancelled = true;
    int excess = sendCall("waits", "{}");
    JsonNode refused = read();
    assertThat(refused.at("/id").asInt()).isEqualTo(excess);
    assertThat(refused.at("/result/isError").asBoolean()).isTrue();
    assertThat(refused.at("/result/content/0/text").asText()).contains("waits in 200 calls");
    endsWhenCancelled = false;
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
  void calls_that_wait_keep_no_other_call_from_being_answered() throws IOException {
    for (int i = 0; i < CallPlaces.MAX_WAITS; i++) {
      sendCall("waits", "{}");
    }
    await().until(() -> waiting.size() == CallPlaces.MAX_WAITS);

    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();

    // One more than a session may have is let in, and refused when it turns out to be a wait.
    refusedExcess();
    assertThat(call("whoami", "{}").at("/isError").asBoolean()).isFalse();
  }

  @Test
  void what_was_asked_before_the_end_of_the_input_is_answered() throws Exception {
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ids.add(sendCall("late", "{}"));
    }
    toServer.close();
    await().until(() -> late.size() == 8);
    late.forEach(answer -> answer.complete(ToolResult.of("answered", null)));

    List<Integer> answered = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      JsonNode answer = read();
      assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("answered");
      answered.add(answer.at("/id").asInt());
    }
    assertThat(answered).containsExactlyInAnyOrderElementsOf(ids);
    server.ended().toCompletableFuture().get(5, TimeUnit.SECONDS);
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
  void what_may_have_been_done_by_a_server_before_is_not_done_again() throws IOException {
    String again = "{\"sideline/key\":\"k-1\",\"sideline/late\":true,\"sideline/again\":true,";
    String late = "{\"sideline/key\":\"k-2\",\"sideline/late\":true,";

    send(callLine(101, "refuses", "{}").replaceFirst("\\{", again));
    assertThat(read().at("/result/content/0/text").asText())
        .startsWith("It is not known whether this took effect")
        .contains("before you do it again");
    send(callLine(102, "refuses", "{}").replaceFirst("\\{", late));
    assertThat(read().at("/result/content/0/text").asText()).isEqualTo("agent 'x' is unknown");
  }

  @Test
  void what_can_be_asked_again_is_and_what_bears_a_key_is_done_once_under_it() throws IOException {
    String again = "{\"sideline/key\":\"k-1\",\"sideline/late\":true,\"sideline/again\":true,";

    send(callLine(101, "whoami", "{}").replaceFirst("\\{", again));
    assertThat(read().at("/result/content/0/text").asText()).startsWith("ses_connection");
    send(callLine(102, "keyed", "{}").replaceFirst("\\{", again));
    assertThat(read().at("/result/content/0/text").asText())
        .isEqualTo("{\"idempotency_key\":\"k-1\"}");
    send(callLine(103, "keyed", "{\"idempotency_key\":\"mine\"}").replaceFirst("\\{", again));
    assertThat(read().at("/result/content/0/text").asText())
        .isEqualTo("{\"idempotency_key\":\"mine\"}");
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
