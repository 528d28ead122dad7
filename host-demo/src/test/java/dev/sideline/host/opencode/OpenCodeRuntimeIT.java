package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.awaitility.Awaitility.await;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.host.model.Gate;
import dev.sideline.host.model.Reply;
import dev.sideline.host.opencode.harness.RawEvents;
import dev.sideline.host.opencode.harness.RealOpenCode;
import dev.sideline.host.opencode.harness.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What only a real server shows: several directories, cuts, permissions, retries. */
class OpenCodeRuntimeIT {

  @RegisterExtension static final RealOpenCode opencode = RealOpenCode.server();

  private final RecordingSink sink = new RecordingSink();
  private OpenCodeRuntime runtime;
  private SessionClient sessions;

  @AfterEach
  void stop() {
    if (runtime != null) {
      runtime.close();
    }
  }

  @Test
  void sessions_of_two_directories_are_told_of_and_asked_for_together() {
    connect(opencode.options());
    Path other = opencode.newProject("other");
    Session here = create(null, null);
    Session there = create(null, other.toString());
    Session child = create(there.id(), null);
    assertThat(child.directory()).isEqualTo(there.directory()).isNotEqualTo(here.directory());

    Gate first = opencode.model().whenAsked("two directories, here").hold("a", "b");
    Gate second = opencode.model().whenAsked("two directories, there").hold("c", "d");
    prompt(here, "two directories, here");
    prompt(child, "two directories, there");
    first.awaitReached();
    second.awaitReached();
    assertThat(answer(sessions.statuses())).containsKeys(here.id(), child.id());

    first.open();
    second.open();
    patiently().until(() -> !sink.of(here.id(), SessionEvent.Idle.class).isEmpty());
    patiently().until(() -> !sink.of(child.id(), SessionEvent.Idle.class).isEmpty());
    assertThat(newest(child).text()).isEqualTo("cd");
    assertThat(answer(sessions.statuses())).doesNotContainKeys(here.id(), child.id());
  }

  @Test
  void a_new_runtime_finds_the_directory_of_a_session_that_it_has_not_made() {
    connect(opencode.options());
    Session old = create(null, opencode.newProject("found again").toString());
    runtime.close();
    connect(opencode.options());
    opencode.model().whenAsked("found again?").reply(Reply.text("yes"));
    prompt(old, "found again?");

    patiently().until(() -> !sink.of(old.id(), SessionEvent.Idle.class).isEmpty());
    assertThat(newest(old).text()).isEqualTo("yes");
  }

  @Test
  void a_cut_stream_is_resumed_and_what_was_missed_is_announced() throws Exception {
    try (TcpProxy proxy = new TcpProxy(opencode.url())) {
      OpenCodeOptions options = opencode.options();
      connect(
          OpenCodeOptions.of(proxy.url(), Map.of("OPENCODE_SERVER_PASSWORD", options.password()))
              .withDirectory(opencode.project())
              .withRetries(Duration.ofMillis(20), Duration.ofMillis(100)));
      Session session = create(null, null);
      Gate gate = opencode.model().whenAsked("cut the stream").hold("before ", "after");
      prompt(session, "cut the stream");
      gate.awaitReached();
      proxy.cut();
      gate.open();
      proxy.mend();
      sink.awaitConnected(2);

      // The idle may be lost; the state is not.
      patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
      assertThat(newest(session).text()).isEqualTo("before after");

      opencode.model().whenAsked("after the cut").reply(Reply.text("here again"));
      int idles = sink.of(session.id(), SessionEvent.Idle.class).size();
      prompt(session, "after the cut");
      patiently().until(() -> sink.of(session.id(), SessionEvent.Idle.class).size() > idles);
    }
  }

  @Test
  void a_retry_shows_with_its_reason_and_can_be_aborted() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode.model().whenAsked("overload").reply(Reply.error(500, "too much to do"));
    prompt(session, "overload");
    patiently()
        .until(
            () -> {
              SessionStatus status = answer(sessions.statuses()).get(session.id());
              return status != null && status.kind() == SessionStatus.Kind.RETRYING;
            });
    SessionStatus status = answer(sessions.statuses()).get(session.id());
    assertThat(status.reason()).contains("too much to do");
    assertThat(status.attempt()).isPositive();
    assertThat(status.nextTry()).isNotNull();
    assertThat(sink.of(session.id(), SessionEvent.StatusChanged.class))
        .anyMatch(event -> event.status().kind() == SessionStatus.Kind.RETRYING);

    answer(sessions.abort(session.id()));
    patiently().until(() -> !answer(sessions.statuses()).containsKey(session.id()));
  }

  @Test
  void a_permission_waits_and_is_answered() {
    connect(opencode.options());
    Session session = create(null, opencode.newProject("permissions").toString());
    opencode
        .model()
        .whenAsked("use the shell")
        .reply(Reply.tool("bash", "{\"command\":\"echo hi\",\"description\":\"says hi\"}"))
        .reply(turn -> Reply.text("it said " + turn.toolResults().get(0).strip()));
    prompt(session, RealOpenCode.ASKER, "use the shell");
    PendingRequest asked = awaitRequest(session);
    assertThat(asked.kind()).isEqualTo(PendingRequest.Kind.PERMISSION);
    assertThat(answer(sessions.pendingRequests())).contains(asked);
    assertThat(codeOf(sessions.reply(asked.id(), new dev.sideline.api.Reply.Answer(List.of()))))
        .isEqualTo(SessionException.Code.INVALID);

    answer(sessions.reply(asked.id(), new dev.sideline.api.Reply.Allow()));
    awaitText(session, "it said hi");
    assertThat(sink.of(session.id()))
        .contains(new SessionEvent.RequestAnswered(session.id(), asked.id()));
    assertThat(codeOf(sessions.reply(asked.id(), new dev.sideline.api.Reply.Allow())))
        .isEqualTo(SessionException.Code.NOT_FOUND);
    assertThat(answer(sessions.messages(session.id(), 10)))
        .flatExtracting(Message::toolUses)
        .anySatisfy(
            use -> {
              assertThat(use.tool()).isEqualTo("bash");
              assertThat(use.state()).isEqualTo(ToolUse.State.COMPLETED);
              assertThat(use.arguments()).startsWith("{\"command\":\"echo hi\"");
              assertThat(use.result()).isEqualToIgnoringWhitespace("hi");
            });
  }

  @Test
  void a_permission_that_the_server_cannot_list_is_answered_all_the_same() {
    connect(opencode.options());
    Session session = create(null, opencode.newProject("unlisted").toString());
    opencode
        .model()
        .whenAsked("fetch a page")
        .reply(Reply.tool("webfetch", "{\"url\":\"http://127.0.0.1:1/x\",\"format\":\"text\"}"))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));
    prompt(session, RealOpenCode.ASKER, "fetch a page");
    PendingRequest asked = awaitRequest(session);
    assertThat(asked.text()).startsWith("webfetch: http://127.0.0.1:1/x");
    assertThat(answer(sessions.pendingRequests())).contains(asked);

    answer(sessions.reply(asked.id(), new dev.sideline.api.Reply.Reject("stay at home")));
    patiently().until(() -> newest(session).text().contains("stay at home"));
    assertThat(answer(sessions.pendingRequests())).doesNotContain(asked);
  }

  @Test
  void an_abort_takes_requests_back() {
    connect(opencode.options());
    Session session = create(null, opencode.newProject("stopped").toString());
    opencode
        .model()
        .whenAsked("use the shell, stopped")
        .reply(Reply.tool("bash", "{\"command\":\"echo hi\",\"description\":\"says hi\"}"));
    prompt(session, RealOpenCode.ASKER, "use the shell, stopped");
    PendingRequest asked = awaitRequest(session);

    answer(sessions.abort(session.id()));

    patiently().until(() -> !answer(sessions.pendingRequests()).contains(asked));
    SessionEvent answered = new SessionEvent.RequestAnswered(session.id(), asked.id());
    patiently().until(() -> sink.of(session.id()).contains(answered));
  }

  @Test
  void a_schema_is_left_out_because_the_server_could_not_read_such_a_prompt_back() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode.model().whenAsked("a number, please").reply(Reply.text("{\"n\":1}"));
    assertThat(sessions.structuredOutput()).isFalse();
    answer(
        sessions.prompt(
            new Prompt(
                session.id(),
                sessions.newMessageId(),
                "a number, please",
                RealOpenCode.WORKER,
                null,
                null,
                Set.of(),
                true,
                "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"}}}")));
    awaitText(session, "{\"n\":1}");

    assertThat(answer(sessions.messages(session.id(), 10))).hasSize(2);
  }

  @Test
  void a_question_waits_and_its_answer_reaches_the_model() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode
        .model()
        .whenAsked("ask me")
        .reply(
            Reply.tool(
                "question",
                "{\"questions\":[{\"question\":\"Tea or coffee?\",\"header\":\"Drink\","
                    + "\"options\":[{\"label\":\"Tea\",\"description\":\"t\"},"
                    + "{\"label\":\"Coffee\",\"description\":\"c\"}]}]}"))
        .reply(turn -> Reply.text(turn.toolResults().get(0)));
    prompt(session, RealOpenCode.ASKER, "ask me");
    PendingRequest asked = awaitRequest(session);
    assertThat(asked.options()).containsExactly("Tea", "Coffee");

    answer(
        sessions.reply(asked.id(), new dev.sideline.api.Reply.Answer(List.of(List.of("Coffee")))));
    patiently()
        .until(
            () ->
                answer(sessions.messages(session.id(), 1)).stream()
                    .anyMatch(message -> message.text().contains("Coffee")));
  }

  @Test
  void a_toast_is_passed_on_to_the_terminal_interface_of_its_directory() throws Exception {
    connect(opencode.options());
    String directory = opencode.newProject("toasted").toString();
    Session session = create(null, directory);
    PluginEvent toast =
        new PluginEvent.Toast(
            session.id(), "All done", "3 tasks have ended.", PluginEvent.Toast.Level.SUCCESS);
    try (RawEvents events = opencode.rawEvents()) {
      await()
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                runtime.show(toast);
                return events.told("tui.toast.show");
              });

      assertThat(events.lines())
          .filteredOn(line -> line.contains("tui.toast.show"))
          .first(InstanceOfAssertFactories.STRING)
          .contains(directory, "\"title\":\"All done\"", "\"variant\":\"success\"");
    }
  }

  @Test
  void a_prompt_without_an_agent_goes_to_the_agent_of_the_session() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode.model().whenAsked("who works?").reply(Reply.text("the worker"));
    opencode.model().whenAsked("and now?").reply(Reply.text("still"));
    prompt(session, "who works?");
    awaitText(session, "the worker");
    prompt(session, null, "and now?");
    awaitText(session, "still");

    assertThat(newest(session).agent()).isEqualTo(RealOpenCode.WORKER);
  }

  @Test
  void usage_is_told_with_its_price() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode
        .model()
        .whenAsked("the price of all")
        .reply(Reply.text("this much").withTokens(10_000, 4_000, 5_000));
    prompt(session, "the price of all");
    awaitText(session, "this much");
    patiently().until(() -> newest(session).completedAt() != null);

    assertThat(newest(session).usage().input()).isEqualTo(6_000);
    assertThat(newest(session).usage().cacheRead()).isEqualTo(4_000);
    assertThat(newest(session).usage().output()).isEqualTo(5_000);
    assertThat(newest(session).usage().costUsd()).isCloseTo(0.018, offset(1e-9));
  }

  @Test
  void denied_tools_are_not_offered_to_the_model() {
    connect(opencode.options());
    Session session = create(null, null);
    opencode.model().whenAsked("without a shell").reply(Reply.text("fine"));
    answer(
        sessions.prompt(
            new Prompt(
                session.id(),
                sessions.newMessageId(),
                "without a shell",
                RealOpenCode.WORKER,
                null,
                null,
                Set.of("bas*"),
                true,
                null)));
    awaitText(session, "fine");

    assertThat(opencode.model().turns(turn -> turn.lastUser().contains("without a shell")))
        .hasSize(1)
        .allMatch(turn -> !turn.toolNames().contains("bash") && turn.toolNames().contains("read"));
  }

  private void connect(OpenCodeOptions options) {
    int before = sink.connected();
    runtime = OpenCodeRuntime.connect(options);
    runtime.start(sink);
    sessions = runtime.sessions();
    sink.awaitConnected(before + 1);
  }

  private Session create(String parentId, String directory) {
    return answer(sessions.create(new NewSession(parentId, "title", directory, Map.of())));
  }

  private void prompt(Session session, String text) {
    prompt(session, RealOpenCode.WORKER, text);
  }

  private void prompt(Session session, String agent, String text) {
    answer(
        sessions.prompt(
            new Prompt(
                session.id(),
                sessions.newMessageId(),
                text,
                agent,
                null,
                null,
                Set.of(),
                true,
                null)));
  }

  private PendingRequest awaitRequest(Session session) {
    patiently().until(() -> !sink.of(session.id(), SessionEvent.RequestAsked.class).isEmpty());
    return sink.of(session.id(), SessionEvent.RequestAsked.class).get(0).request();
  }

  private void awaitText(Session session, String text) {
    patiently()
        .until(
            () ->
                answer(sessions.messages(session.id(), 1)).stream()
                    .anyMatch(message -> message.text().equals(text)));
  }

  private Message newest(Session session) {
    return answer(sessions.messages(session.id(), 1)).get(0);
  }

  private static ConditionFactory patiently() {
    return await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20));
  }

  private static SessionException.Code codeOf(CompletionStage<?> call) {
    try {
      call.toCompletableFuture().get(60, TimeUnit.SECONDS);
      throw new AssertionError("the call succeeded");
    } catch (ExecutionException e) {
      return ((SessionException) e.getCause()).code();
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("the call was not answered", e);
    }
  }

  private static <T> T answer(CompletionStage<T> call) {
    try {
      return call.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError("the call failed", e);
    }
  }
}
