package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.ToolUse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes over the wire, and what failures of the wire and of the server mean. */
class OpenCodeSessionClientTest {

  private static final String SESSION = "ses_1";
  private static final String RECORD =
      "{\"id\":\"ses_1\",\"title\":\"t\",\"directory\":\"/srv/a b\",\"agent\":\"worker\"}";

  private final MockWebServer server = new MockWebServer();
  private OpenCodeRuntime runtime;
  private SessionClient sessions;

  @BeforeEach
  void start() throws IOException {
    server.start(InetAddress.getLoopbackAddress(), 0);
    connect(options());
  }

  @AfterEach
  void stop() {
    runtime.close();
    server.close();
  }

  // ---- At most once

  @Test
  void a_prompt_on_a_connection_that_is_cut_is_sent_once_and_uncertain() throws Exception {
    server.enqueue(json(RECORD));
    answer(sessions.get(SESSION));
    server.enqueue(cutAfterRequest());
    server.enqueue(new MockResponse.Builder().code(204).build());

    assertThat(failure(sessions.prompt(prompt("worker"))).code()).isEqualTo(Code.UNCERTAIN);
    assertThat(requests()).extracting(RecordedRequest::getMethod).containsExactly("GET", "POST");
  }

  @Test
  void a_creation_on_a_connection_that_is_cut_is_sent_once_and_uncertain() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(cutAfterRequest());
    server.enqueue(json(RECORD));

    CompletionStage<?> creation = sessions.create(new NewSession(SESSION, "title", null, Map.of()));
    assertThat(failure(creation).code()).isEqualTo(Code.UNCERTAIN);
    assertThat(requests()).extracting(RecordedRequest::getMethod).containsExactly("GET", "POST");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 503})
  void a_server_that_asks_for_a_repetition_does_not_get_one(int status) throws Exception {
    server.enqueue(json(RECORD));
    answer(sessions.get(SESSION));
    server.enqueue(new MockResponse.Builder().code(status).addHeader("Retry-After", "0").build());
    server.enqueue(new MockResponse.Builder().code(204).build());

    failure(sessions.prompt(prompt("worker")));
    assertThat(server.getRequestCount()).isEqualTo(2);
  }

  @Test
  void a_redirect_is_not_followed() {
    server.enqueue(
        new MockResponse.Builder().code(307).addHeader("Location", server.url("/else")).build());

    assertThat(failure(sessions.get(SESSION)).code()).isEqualTo(Code.INVALID);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  // ---- What failures mean

  @ParameterizedTest
  @CsvSource({"400,INVALID", "404,NOT_FOUND", "422,INVALID", "500,UNCERTAIN", "502,UNCERTAIN"})
  void an_error_says_what_the_server_said(int status, Code code) {
    server.enqueue(
        new MockResponse.Builder()
            .code(status)
            .body("{\"name\":\"Bad\",\"data\":{\"message\":\"the moon is full\"}}")
            .build());

    SessionException failure = failure(sessions.messages(SESSION, 1));
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure)
        .hasMessageContaining("GET " + options().url() + "/session/ses_1/message")
        .hasMessageContaining(Integer.toString(status))
        .hasMessageContaining("the moon is full");
  }

  @Test
  void a_missing_password_says_which_variable_to_set() {
    server.enqueue(new MockResponse.Builder().code(401).build());

    SessionException failure = failure(sessions.statuses());
    assertThat(failure.code()).isEqualTo(Code.INVALID);
    assertThat(failure).hasMessageContaining("OPENCODE_SERVER_PASSWORD");
  }

  @Test
  void a_server_that_is_not_there_is_unavailable() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    connect(OpenCodeOptions.of(URI.create("http://127.0.0.1:" + port)));

    SessionException failure =
        failure(sessions.create(new NewSession(null, "title", null, Map.of())));
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void a_server_that_never_answers_is_uncertain_within_the_deadline() {
    connect(options().withTimeouts(seconds(5), Duration.ofMillis(300), seconds(30)));
    server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());

    assertThat(failure(sessions.statuses()).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void an_answer_that_is_cut_is_uncertain() {
    server.enqueue(
        json("[" + " ".repeat(10_000) + "]")
            .newBuilder()
            .onResponseBody(new SocketEffect.CloseSocket())
            .build());

    assertThat(failure(sessions.messages(SESSION, 1)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void an_answer_that_is_too_large_is_not_read() {
    connect(options().withMaxResponseBytes(100_000));
    server.enqueue(json("[" + " ".repeat(10_000_000) + "]"));

    assertThat(failure(sessions.messages(SESSION, 1)).code()).isEqualTo(Code.UNCERTAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[1]", "null", "\"text\""})
  void an_answer_that_makes_no_sense_is_uncertain(String body) {
    server.enqueue(json(body));

    assertThat(failure(sessions.statuses()).code()).isEqualTo(Code.UNCERTAIN);
  }

  @Test
  void a_server_that_is_no_opencode_server_is_told_as_such() {
    server.enqueue(
        new MockResponse.Builder()
            .addHeader("Content-Type", "text/html")
            .body("<html>hello</html>")
            .build());

    SessionException failure = failure(sessions.statuses());
    assertThat(failure.code()).isEqualTo(Code.UNSUPPORTED);
    assertThat(failure).hasMessageContaining("is not an OpenCode server");
  }

  @Test
  void after_the_end_calls_are_unavailable() {
    runtime.close();

    assertThat(failure(sessions.statuses()).code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void the_end_answers_the_calls_that_are_under_way() throws Exception {
    server.enqueue(new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build());
    CompletionStage<?> call = sessions.statuses();
    server.takeRequest();
    runtime.close();

    assertThat(failure(call).code()).isEqualTo(Code.UNCERTAIN);
  }

  // ---- Many at once

  @Test
  void twenty_calls_at_once_do_not_wait_for_each_other() {
    CountDownLatch allThere = new CountDownLatch(20);
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            allThere.countDown();
            boolean there = allThere.await(10, TimeUnit.SECONDS);
            return there ? json("[]") : new MockResponse.Builder().code(500).build();
          }
        });

    List<CompletionStage<List<Message>>> calls =
        Stream.generate(() -> sessions.messages(SESSION, 1)).limit(20).toList();
    calls.forEach(call -> assertThat(answer(call)).isEmpty());
  }

  @Test
  void no_thread_is_left_after_the_end() {
    server.enqueue(json("[]"));
    answer(sessions.messages(SESSION, 1));
    assertThat(ownThreads()).isNotEmpty();
    runtime.close();

    await().until(() -> ownThreads().isEmpty());
    runtime.close();
  }

  // ---- What is sent

  @Test
  void user_and_password_of_the_environment_are_sent() throws Exception {
    connect(
        OpenCodeOptions.of(
            options().url(),
            Map.of("OPENCODE_SERVER_PASSWORD", "pass word", "OPENCODE_SERVER_USERNAME", "me")));
    server.enqueue(json("[]"));
    answer(sessions.messages(SESSION, 1));

    assertThat(server.takeRequest().getHeaders().get("Authorization"))
        .isEqualTo("Basic bWU6cGFzcyB3b3Jk");
  }

  @Test
  void the_user_is_opencode_unless_named() throws Exception {
    connect(OpenCodeOptions.of(options().url(), Map.of("OPENCODE_SERVER_PASSWORD", "secret")));
    server.enqueue(json("[]"));
    answer(sessions.messages(SESSION, 1));

    assertThat(server.takeRequest().getHeaders().get("Authorization"))
        .isEqualTo("Basic b3BlbmNvZGU6c2VjcmV0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "../session", "msg_1"})
  void an_id_that_no_session_has_is_not_asked_for(String id) {
    assertThat(answer(sessions.get(id))).isEmpty();
    assertThat(answer(sessions.children(id))).isEmpty();
    answer(sessions.abort(id));
    answer(sessions.delete(id));
    assertThat(failure(sessions.messages(id, 1)).code()).isEqualTo(Code.NOT_FOUND);

    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void an_id_cannot_leave_its_place_in_the_address() throws Exception {
    server.enqueue(new MockResponse.Builder().code(404).build());
    answer(sessions.get("ses/../../x?y=z#w"));

    assertThat(server.takeRequest().getTarget()).isEqualTo("/session/ses%2F..%2F..%2Fx%3Fy=z%23w");
  }

  @Test
  void a_child_is_created_in_the_directory_of_its_parent() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(json("{\"id\":\"ses_2\",\"directory\":\"/srv/a b\"}"));
    answer(sessions.create(new NewSession(SESSION, "child", null, Map.of("task", "bg_1"))));

    assertThat(server.takeRequest().getTarget()).isEqualTo("/session/ses_1");
    RecordedRequest creation = server.takeRequest();
    assertThat(creation.getUrl().queryParameter("directory")).isEqualTo("/srv/a b");
    assertThat(body(creation))
        .isEqualTo("{\"parentID\":\"ses_1\",\"title\":\"child\",\"metadata\":{\"task\":\"bg_1\"}}");
  }

  @Test
  void a_child_may_do_no_more_than_its_parents_session() throws Exception {
    server.enqueue(
        json(
            "{\"id\":\"ses_1\",\"directory\":\"/srv/a b\",\"permission\":["
                + "{\"permission\":\"edit\",\"pattern\":\"*.md\",\"action\":\"deny\"},"
                + "{\"permission\":\"bash\",\"pattern\":\"*\",\"action\":\"allow\"},"
                + "{\"permission\":\"external_directory\",\"pattern\":\"/x/*\",\"action\":\"ask\"}]}"));
    server.enqueue(json("{\"id\":\"ses_2\",\"directory\":\"/srv/a b\"}"));
    answer(sessions.create(new NewSession(SESSION, "child", null, Map.of())));

    server.takeRequest();
    assertThat(body(server.takeRequest()))
        .endsWith(
            "\"permission\":[{\"permission\":\"edit\",\"pattern\":\"*.md\",\"action\":\"deny\"},"
                + "{\"permission\":\"external_directory\",\"pattern\":\"/x/*\",\"action\":\"ask\"}]}");
  }

  @Test
  void a_child_does_not_work_in_a_folder_that_brings_its_own_configuration(@TempDir Path folder)
      throws Exception {
    Path project = Files.createDirectories(folder.resolve("project"));
    Path planted = Files.createDirectories(project.resolve("planted/deeper"));
    Files.createDirectories(project.resolve("planted/.opencode"));
    server.enqueue(json("{\"id\":\"ses_1\",\"directory\":\"" + project + "\"}"));

    CompletionStage<?> creation =
        sessions.create(new NewSession(SESSION, "child", planted.toString(), Map.of()));
    SessionException refused = failure(creation);
    assertThat(refused.code()).isEqualTo(Code.INVALID);
    assertThat(refused).hasMessageContaining("planted/.opencode would be its configuration");
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void a_session_of_its_own_is_created_in_the_project() throws Exception {
    connect(options().withDirectory(Path.of("/srv/project")));
    server.enqueue(json(RECORD));
    answer(sessions.create(new NewSession(null, "title", null, Map.of())));

    assertThat(server.takeRequest().getUrl().queryParameter("directory")).isEqualTo("/srv/project");
  }

  @Test
  void a_child_of_an_unknown_parent_is_not_created() {
    server.enqueue(new MockResponse.Builder().code(404).build());

    CompletionStage<?> creation =
        sessions.create(new NewSession("ses_gone", "child", "/elsewhere", Map.of()));
    assertThat(failure(creation).code()).isEqualTo(Code.NOT_FOUND);
    assertThat(server.getRequestCount()).isEqualTo(1);
  }

  @Test
  void a_prompt_says_all_and_its_part_has_an_id_of_its_own_that_never_changes() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(json(RECORD));
    server.enqueue(new MockResponse.Builder().code(204).build());
    server.enqueue(new MockResponse.Builder().code(204).build());
    Prompt prompt =
        new Prompt(
            SESSION,
            "msg_1fbeac32e001L1Xl6fT3Uw9xFm",
            "do it",
            "worker",
            dev.sideline.api.ModelRef.parse("a/b/c"),
            "high",
            Set.of("background_*"),
            false,
            null);
    answer(sessions.prompt(prompt));
    answer(sessions.prompt(prompt));

    assertThat(server.takeRequest().getMethod()).isEqualTo("GET");
    RecordedRequest denial = server.takeRequest();
    assertThat(denial.getMethod()).isEqualTo("PATCH");
    assertThat(denial.getUrl().encodedPath()).isEqualTo("/session/ses_1");
    assertThat(body(denial))
        .isEqualTo(
            "{\"permission\":[{\"permission\":\"background_*\",\"pattern\":\"*\","
                + "\"action\":\"deny\"}]}");
    RecordedRequest first = server.takeRequest();
    assertThat(first.getUrl().encodedPath()).isEqualTo("/session/ses_1/prompt_async");
    assertThat(first.getUrl().queryParameter("directory")).isEqualTo("/srv/a b");
    assertThat(body(first))
        .isEqualTo(
            "{\"messageID\":\"msg_1fbeac32e001L1Xl6fT3Uw9xFm\",\"agent\":\"worker\","
                + "\"model\":{\"providerID\":\"a\",\"modelID\":\"b/c\"},\"variant\":\"high\","
                + "\"noReply\":true,"
                + "\"parts\":[{\"id\":\"prt_1fbeac32e001L1Xl6fT3Uw9xFm\",\"type\":\"text\","
                + "\"text\":\"do it\"}]}");
    assertThat(body(server.takeRequest())).isEqualTo(body(first));
  }

  @Test
  void a_prompt_without_an_agent_names_the_agent_of_the_session() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(new MockResponse.Builder().code(204).build());
    answer(sessions.prompt(prompt(null)));

    assertThat(server.takeRequest().getMethod()).isEqualTo("GET");
    assertThat(body(server.takeRequest())).contains("\"agent\":\"worker\"");
  }

  @Test
  void a_session_is_stopped_and_quiet_before_it_is_deleted() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(json("[{\"id\":\"ses_2\",\"parentID\":\"ses_1\",\"directory\":\"/srv/a b\"}]"));
    server.enqueue(json("[]"));
    server.enqueue(json("true"));
    server.enqueue(json("true"));
    server.enqueue(json("{\"ses_2\":{\"type\":\"busy\"},\"ses_9\":{\"type\":\"busy\"}}"));
    server.enqueue(json("{\"ses_9\":{\"type\":\"busy\"}}"));
    server.enqueue(json("true"));
    answer(sessions.delete(SESSION));

    List<String> asked =
        requests().stream()
            .map(request -> request.getMethod() + " " + request.getUrl().encodedPath())
            .toList();
    assertThat(asked.subList(0, 3))
        .containsExactly(
            "GET /session/ses_1", "GET /session/ses_1/children", "GET /session/ses_2/children");
    assertThat(asked.subList(3, 5))
        .containsExactlyInAnyOrder("POST /session/ses_1/abort", "POST /session/ses_2/abort");
    assertThat(asked.subList(5, asked.size()))
        .containsExactly("GET /session/status", "GET /session/status", "DELETE /session/ses_1");
  }

  @Test
  void states_are_asked_for_once_per_directory() throws Exception {
    server.enqueue(json(RECORD));
    server.enqueue(json("{\"id\":\"ses_2\",\"directory\":\"/srv/b\"}"));
    answer(sessions.get(SESSION));
    answer(sessions.get("ses_2"));
    server.enqueue(json("{\"ses_1\":{\"type\":\"busy\"}}"));
    server.enqueue(json("{\"ses_2\":{\"type\":\"retry\",\"attempt\":2,\"message\":\"m\"}}"));

    assertThat(answer(sessions.statuses())).containsOnlyKeys("ses_1", "ses_2");
    assertThat(requests().subList(2, 4))
        .extracting(request -> request.getUrl().queryParameter("directory"))
        .containsExactlyInAnyOrder("/srv/a b", "/srv/b");
  }

  @Test
  void messages_come_newest_first_with_their_texts_joined() {
    server.enqueue(
        json(
            """
            [{"info":{"id":"msg_1","role":"user","time":{"created":1}},
              "parts":[{"type":"text","text":"hello"}]},
             {"info":{"id":"msg_x","role":"prophet","time":{"created":1}},"parts":[]},
             {"info":{"id":"msg_2","role":"assistant","time":{"created":2,"completed":3}},
              "parts":[{"type":"text","text":"one"},
                       {"type":"text","text":"hidden","ignored":true},
                       {"type":"reasoning","text":"hm"},
                       {"type":"tool","tool":"bash","callID":"c","state":{"status":"error"}},
                       {"type":"text","text":"two"}]}]
            """));

    List<Message> messages = answer(sessions.messages(SESSION, 10));
    assertThat(messages).extracting(Message::id).containsExactly("msg_2", "msg_1");
    assertThat(messages.get(0).text()).isEqualTo("one\ntwo");
    assertThat(messages.get(0).toolUses()).hasSize(1);
  }

  @Test
  void tool_calls_come_with_their_arguments_and_results() {
    server.enqueue(
        json(
            """
            [{"info":{"id":"msg_1","role":"assistant","time":{"created":2}},
              "parts":[
                {"type":"tool","tool":"bash","callID":"c1","state":
                  {"status":"completed","input":{ "command": "ls", "n": [1, 2] },"output":"a.txt"}},
                {"type":"tool","tool":"read","callID":"c2","state":
                  {"status":"error","input":{"path":"b"},"error":"no such file"}},
                {"type":"tool","tool":"edit","callID":"c3","state":
                  {"status":"running","input":{"path":"c"}}},
                {"type":"tool","tool":"write","callID":"c4","state":
                  {"status":"pending","input":{},"raw":""}},
                {"type":"tool","tool":"odd","callID":"c5","state":
                  {"status":"completed","input":"words","output":{"x":null}}}]}]
            """));

    assertThat(answer(sessions.messages(SESSION, 1)).get(0).toolUses())
        .containsExactly(
            new ToolUse(
                "c1", "bash", ToolUse.State.COMPLETED, "{\"command\":\"ls\",\"n\":[1,2]}", "a.txt"),
            new ToolUse("c2", "read", ToolUse.State.FAILED, "{\"path\":\"b\"}", "no such file"),
            new ToolUse("c3", "edit", ToolUse.State.RUNNING, "{\"path\":\"c\"}", ""),
            new ToolUse("c4", "write", ToolUse.State.PENDING),
            new ToolUse("c5", "odd", ToolUse.State.COMPLETED, "words", "{\"x\":null}"));
  }

  @Test
  void a_reply_goes_where_its_request_waits_and_must_fit_it() throws Exception {
    serveRequests("{\"ses_1\":{\"type\":\"busy\"}}", "{}");
    answer(sessions.reply("per_1", new Reply.Reject("no")));
    answer(sessions.reply("que_1", new Reply.Answer(List.of(List.of("A")))));
    answer(sessions.reply("que_1", new Reply.Reject(null)));

    assertThat(requests())
        .filteredOn(request -> "POST".equals(request.getMethod()))
        .extracting(request -> request.getTarget() + " " + body(request))
        .containsExactly(
            "/permission/per_1/reply {\"reply\":\"reject\",\"message\":\"no\"}",
            "/question/que_1/reply {\"answers\":[[\"A\"]]}",
            "/question/que_1/reply {\"answers\":[["
                + "\"There is no answer. Decide for yourself, and say so.\"]]}");
    assertThat(failure(sessions.reply("per_1", new Reply.Answer(List.of()))).code())
        .isEqualTo(Code.INVALID);
    assertThat(failure(sessions.reply("que_1", new Reply.Allow())).code()).isEqualTo(Code.INVALID);
    assertThat(failure(sessions.reply("per_2", new Reply.Allow())).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void a_request_of_a_session_that_was_stopped_does_not_wait_although_it_is_listed() {
    serveRequests("{}", "{}");

    assertThat(answer(sessions.pendingRequests())).isEmpty();
    assertThat(failure(sessions.reply("per_1", new Reply.Allow())).code())
        .isEqualTo(Code.NOT_FOUND);
  }

  @Test
  void several_questions_need_as_many_answers_which_may_be_the_lines_of_one_text()
      throws Exception {
    serveRequests("{\"ses_1\":{\"type\":\"busy\"}}", "{},{\"question\":\"Name?\"}");

    assertThat(failure(sessions.reply("que_1", new Reply.Answer(List.of(List.of("A"))))))
        .hasMessageContaining("asks 2 questions and got 1 answer")
        .matches(failure -> failure.code() == Code.INVALID);
    answer(sessions.reply("que_1", new Reply.Answer(List.of(List.of("A\n\n B, C \n")))));
    answer(sessions.reply("que_1", new Reply.Answer(List.of(List.of("A", "B"), List.of()))));
    answer(sessions.reply("que_1", new Reply.Reject("not now")));

    assertThat(requests())
        .filteredOn(request -> "POST".equals(request.getMethod()))
        .extracting(OpenCodeSessionClientTest::body)
        .containsExactly(
            "{\"answers\":[[\"A\"],[\"B, C\"]]}",
            "{\"answers\":[[\"A\",\"B\"],[]]}",
            "{\"answers\":[[\"not now\"],[\"not now\"]]}");
  }

  /** One permission and one question of one session. */
  private void serveRequests(String statuses, String questions) {
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return switch (request.getUrl().encodedPath()) {
              case "/permission" ->
                  json("[{\"id\":\"per_1\",\"sessionID\":\"ses_1\",\"permission\":\"bash\"}]");
              case "/question" ->
                  json(
                      "[{\"id\":\"que_1\",\"sessionID\":\"ses_1\",\"questions\":["
                          + questions
                          + "]}]");
              case "/session/status" -> json(statuses);
              default -> json("true");
            };
          }
        });
  }

  // ---- Words for the tests

  private OpenCodeOptions options() {
    return OpenCodeOptions.of(URI.create("http://127.0.0.1:" + server.getPort()));
  }

  private void connect(OpenCodeOptions options) {
    if (runtime != null) {
      runtime.close();
    }
    runtime = OpenCodeRuntime.connect(options);
    sessions = runtime.sessions();
  }

  private List<RecordedRequest> requests() throws InterruptedException {
    List<RecordedRequest> requests = new ArrayList<>();
    int count = server.getRequestCount();
    for (int i = 0; i < count; i++) {
      requests.add(server.takeRequest());
    }
    return requests;
  }

  private Prompt prompt(String agent) {
    return new Prompt(
        SESSION, sessions.newMessageId(), "text", agent, null, null, Set.of(), true, null);
  }

  private static String body(RecordedRequest request) {
    return request.getBody() == null ? "" : request.getBody().utf8();
  }

  private static MockResponse json(String body) {
    return new MockResponse.Builder()
        .addHeader("Content-Type", "application/json")
        .body(body)
        .build();
  }

  private static MockResponse cutAfterRequest() {
    return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
  }

  private static Duration seconds(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  private static List<String> ownThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(OpenCodeRuntime.THREAD_PREFIX))
        .toList();
  }

  private static <T> T answer(CompletionStage<T> call) {
    try {
      return call.toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the call was not answered", e);
    }
  }

  private static SessionException failure(CompletionStage<?> call) {
    ExecutionException failed =
        catchThrowableOfType(
            ExecutionException.class, () -> call.toCompletableFuture().get(20, TimeUnit.SECONDS));
    assertThat(failed).as("the call succeeded").isNotNull();
    assertThat(failed.getCause()).isInstanceOf(SessionException.class);
    return (SessionException) failed.getCause();
  }
}
