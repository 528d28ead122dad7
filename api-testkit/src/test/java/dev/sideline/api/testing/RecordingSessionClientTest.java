package dev.sideline.api.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What a test can do with the fake, beyond the contract. */
class RecordingSessionClientTest {

  private final SettableClock clock = new SettableClock();
  private final RecordingSessionClient sessions = new RecordingSessionClient(clock, Runnable::run);

  @Test
  void calls_are_recorded_with_their_arguments_in_order() {
    NewSession request = new NewSession(null, "title", null, Map.of());
    String id = now(sessions.create(request)).id();
    Prompt prompt = prompt(id, "do it");
    sessions.prompt(prompt);
    sessions.abort("ses_unknown");

    assertThat(sessions.calls())
        .containsExactly(
            new SessionCall.Create(request),
            new SessionCall.SendPrompt(prompt),
            new SessionCall.Abort("ses_unknown"));
    assertThat(sessions.calls(SessionCall.SendPrompt.class))
        .containsExactly(new SessionCall.SendPrompt(prompt));
  }

  @Test
  void a_turn_lasts_until_the_test_ends_it() {
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    sessions.write("s", "half, ");
    sessions.use("s", new ToolUse("call_1", "grep", ToolUse.State.RUNNING));
    sessions.use("s", new ToolUse("call_1", "grep", ToolUse.State.COMPLETED));
    sessions.spend("s", new Usage(10, 5, 0, 0, 0, 0.01));
    clock.advance(Duration.ofSeconds(3));
    assertThat(sessions.working("s")).isTrue();
    sessions.finish("s", "whole");

    assertThat(sessions.working("s")).isFalse();
    Message answer = sessions.transcript("s").get(1);
    assertThat(answer.text()).isEqualTo("half, whole");
    assertThat(answer.toolUses())
        .containsExactly(new ToolUse("call_1", "grep", ToolUse.State.COMPLETED));
    assertThat(answer.usage().tokens()).isEqualTo(15);
    assertThat(answer.finish()).isEqualTo("stop");
    assertThat(Duration.between(answer.createdAt(), answer.completedAt())).hasSeconds(3);
  }

  @Test
  void a_script_can_play_the_agent() {
    sessions.onTurn(prompt -> sessions.finish(prompt.sessionId(), "did " + prompt.text()));
    sessions.addSession("s");
    sessions.prompt(prompt("s", "one"));
    sessions.prompt(prompt("s", "two"));

    assertThat(sessions.transcript("s"))
        .extracting(Message::text)
        .containsExactly("one", "did one", "two", "did two");
  }

  @Test
  void a_failed_call_is_not_carried_out() {
    SessionException failure =
        new SessionException(SessionException.Code.UNAVAILABLE, "not reached");
    sessions.next(SessionCall.Create.class).fails(failure);

    assertThat(failureOf(create())).isSameAs(failure);
    assertThat(sessions.sessions()).isEmpty();
    assertThat(now(create()).id()).isNotEmpty();
  }

  @Test
  void a_lost_answer_hides_what_was_done() {
    sessions.next(SessionCall.Create.class).losesItsAnswer();

    assertThat(failureOf(create()))
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.code()).isEqualTo(SessionException.Code.UNCERTAIN));
    assertThat(sessions.sessions()).hasSize(1);
  }

  @Test
  void a_call_can_stay_without_an_answer() {
    sessions.next(SessionCall.Create.class).neverAnswers();

    assertThat(create().toCompletableFuture()).isNotDone();
    assertThat(sessions.sessions()).isEmpty();
    assertThat(sessions.calls()).hasSize(1);
  }

  @Test
  void a_held_call_is_carried_out_when_it_is_released() {
    List<SessionEvent> events = new ArrayList<>();
    sessions.onEvent(events::add);
    NextCall.Held held = sessions.next(SessionCall.Create.class).isHeld();
    CompletableFuture<Session> created = create().toCompletableFuture();
    assertThat(created).isNotDone();
    assertThat(sessions.sessions()).isEmpty();
    held.release();

    assertThat(created).isCompleted();
    assertThat(events).hasSize(1);
    held.release();
    assertThat(sessions.sessions()).hasSize(1);
  }

  @Test
  void plans_for_a_kind_of_call_are_kept_in_order() {
    sessions.next(SessionCall.Create.class).neverAnswers();
    sessions.next(SessionCall.Create.class).losesItsAnswer();

    assertThat(create().toCompletableFuture()).isNotDone();
    assertThat(create().toCompletableFuture()).isCompletedExceptionally();
    assertThat(create().toCompletableFuture()).isCompleted();
  }

  @Test
  void answers_can_come_later() {
    Queue<Runnable> later = new ArrayDeque<>();
    RecordingSessionClient slow = new RecordingSessionClient(clock, later::add);
    CompletableFuture<Session> created =
        slow.create(new NewSession(null, "title", null, Map.of())).toCompletableFuture();

    assertThat(created).isNotDone();
    assertThat(slow.sessions()).hasSize(1);
    later.remove().run();
    assertThat(created).isCompleted();
  }

  @Test
  void an_event_that_is_caused_by_a_listener_comes_after_the_one_that_it_heard() {
    List<SessionEvent> events = new ArrayList<>();
    sessions.onEvent(
        event -> {
          if (event instanceof SessionEvent.Created) {
            sessions.emit(new SessionEvent.Other(event.sessionId(), "reaction"));
          }
        });
    sessions.onEvent(events::add);
    sessions.addSession("s");

    assertThat(events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Created", "Other");
  }

  @Test
  void events_can_be_lost_and_aborts_ignored() {
    List<SessionEvent> events = new ArrayList<>();
    sessions.addSession("s");
    sessions.onEvent(events::add);
    sessions.dropEvents(true);
    sessions.prompt(prompt("s", "do it"));
    sessions.ignoreAborts(true);
    sessions.abort("s");

    assertThat(sessions.working("s")).isTrue();
    sessions.ignoreAborts(false);
    sessions.abort("s");
    assertThat(sessions.working("s")).isFalse();
    assertThat(sessions.transcript("s").get(1).failure()).matches(Failure::aborted);
    assertThat(events).isEmpty();
  }

  @Test
  void a_host_that_stumbles_goes_idle_in_mid_answer() {
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    sessions.stumble("s");

    assertThat(sessions.working("s")).isFalse();
    assertThat(sessions.transcript("s").get(1).completedAt()).isNull();
  }

  @Test
  void a_request_waits_until_it_gets_a_reply_that_fits() {
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    PendingRequest permission =
        new PendingRequest("per_1", "s", PendingRequest.Kind.PERMISSION, "rm?", List.of());
    sessions.ask(permission);
    assertThat(now(sessions.pendingRequests())).containsExactly(permission);
    assertThat(failureOf(sessions.reply("per_1", new Reply.Answer(List.of()))))
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.code()).isEqualTo(SessionException.Code.INVALID));
    now(sessions.reply("per_1", new Reply.Reject("no")));

    assertThat(now(sessions.pendingRequests())).isEmpty();
  }

  @Test
  void a_reply_can_be_read_and_a_request_taken_back() {
    List<SessionEvent> events = new ArrayList<>();
    sessions.onEvent(events::add);
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    PendingRequest question = sessions.askQuestion("s", "which?", "red", "blue");
    PendingRequest permission = sessions.askPermission("s", "may I?");
    Reply reply = new Reply.Answer(List.of(List.of("red")));
    assertThat(sessions.replyTo(question.id())).isEmpty();
    now(sessions.reply(question.id(), reply));
    sessions.withdraw(permission.id());

    assertThat(sessions.replyTo(question.id())).contains(reply);
    assertThat(sessions.replyTo(permission.id())).isEmpty();
    assertThat(now(sessions.pendingRequests())).isEmpty();
    assertThat(events)
        .contains(
            new SessionEvent.RequestAsked(question),
            new SessionEvent.RequestAnswered("s", question.id()),
            new SessionEvent.RequestAnswered("s", permission.id()));
  }

  @Test
  void an_answer_can_be_structured() {
    List<SessionEvent> events = new ArrayList<>();
    sessions.onEvent(events::add);
    assertThat(sessions.structuredOutput()).isFalse();
    sessions.offerStructuredOutput(true);
    assertThat(sessions.structuredOutput()).isTrue();
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    sessions.write("s", "words");
    sessions.finishStructured("s", "{\"n\":1}");

    Message answer = sessions.transcript("s").get(1);
    assertThat(answer.structured()).isEqualTo("{\"n\":1}");
    assertThat(answer.text()).isEqualTo("words");
    assertThat(answer.finish()).isEqualTo("stop");
    assertThat(events)
        .filteredOn(SessionEvent.MessageUpdated.class::isInstance)
        .allSatisfy(
            event ->
                assertThat(((SessionEvent.MessageUpdated) event).message().structured()).isNull());
  }

  @Test
  void a_retry_says_when_and_ends() {
    sessions.addSession("s");
    sessions.prompt(prompt("s", "do it"));
    SessionStatus retrying =
        SessionStatus.retrying(2, "overloaded", clock.instant().plusSeconds(4));
    sessions.retry("s", 2, "overloaded", clock.instant().plusSeconds(4));
    assertThat(now(sessions.statuses())).containsEntry("s", retrying);
    sessions.resume("s");

    assertThat(now(sessions.statuses())).containsEntry("s", SessionStatus.BUSY);
  }

  @Test
  void a_person_can_stop_a_session_without_a_call() {
    sessions.addSession("s");
    sessions.addSession("child", "s");
    sessions.prompt(prompt("child", "do it"));
    sessions.interrupt("child");

    assertThat(sessions.calls(SessionCall.Abort.class)).isEmpty();
    assertThat(sessions.transcript("child").get(1).failure()).matches(Failure::aborted);
    assertThat(now(sessions.children("s"))).extracting(Session::id).containsExactly("child");
  }

  @Test
  void playing_the_agent_of_an_idle_session_is_a_mistake_of_the_test() {
    sessions.addSession("s");

    assertThatThrownBy(() -> sessions.finish("s", "done"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("prompt it first");
  }

  private CompletionStage<Session> create() {
    return sessions.create(new NewSession(null, "title", null, Map.of()));
  }

  private Prompt prompt(String sessionId, String text) {
    return new Prompt(
        sessionId, sessions.newMessageId(), text, "worker", null, null, Set.of(), true, null);
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().getNow(null);
  }

  private static Throwable failureOf(CompletionStage<?> stage) {
    return stage.handle((result, failure) -> failure).toCompletableFuture().getNow(null);
  }
}
