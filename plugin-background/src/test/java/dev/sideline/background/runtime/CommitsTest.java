package dev.sideline.background.runtime;

import static dev.sideline.background.runtime.CommitsScenario.abort;
import static dev.sideline.background.runtime.CommitsScenario.delivered;
import static dev.sideline.background.runtime.CommitsScenario.id;
import static dev.sideline.background.runtime.CommitsScenario.moved;
import static dev.sideline.background.runtime.CommitsScenario.open;
import static dev.sideline.background.runtime.CommitsScenario.owing;
import static dev.sideline.background.runtime.CommitsScenario.plain;
import static dev.sideline.background.runtime.CommitsScenario.prompt;
import static dev.sideline.background.runtime.CommitsScenario.running;
import static dev.sideline.background.runtime.CommitsScenario.sent;
import static dev.sideline.background.runtime.CommitsScenario.start;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorAnswered;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.RequestAnswered;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing is promised before it is recorded, and nothing else waits. */
class CommitsTest {

  private final CommitsScenario scenario = new CommitsScenario();
  private final CommitsScenario.ControlledStore store = scenario.store;
  private final List<Effect> carriedOut = scenario.carriedOut;
  private final List<Input> engine = scenario.engine;
  private final Commits commits = scenario.commits;

  @Test
  void effects_wait_until_their_changes_are_recorded() {
    commits.add(start("a"), 0);
    assertThat(carriedOut).isEmpty();
    store.succeed();
    assertThat(scenario.wakes).hasSize(1);
    commits.advance(0);

    assertThat(carriedOut).containsExactly(open("a"));
    assertThat(commits.idle()).isTrue();
  }

  @Test
  void what_promises_nothing_is_done_at_once_also_when_its_changes_are_not_recorded() {
    Effect listed = new Effect.Reply(3, new Answer.Listed(List.of(), 0), false);
    Effect ended =
        new Effect.Reply(4, new Answer.CancelEnded(List.of(), List.of(), List.of()), true);
    commits.add(start("a"), 0);
    commits.add(plain(listed), 0);
    commits.add(moved("b", TaskStatus.RUNNING, abort("b"), new Effect.FetchStatuses(), ended), 0);

    assertThat(carriedOut).containsExactly(listed, abort("b"), new Effect.FetchStatuses(), ended);
  }

  @Test
  void what_is_kept_is_promised_when_it_is_recorded_and_what_is_delivered_at_once() {
    Effect kept = sent(3, SendStatus.KEPT);
    Effect delivered = sent(4, SendStatus.DELIVERED);
    commits.add(start("a"), 0);
    commits.add(plain(kept, delivered), 0);
    assertThat(carriedOut).containsExactly(delivered);
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(delivered, open("a"), kept);
  }

  @ParameterizedTest
  @EnumSource(
      value = SendStatus.class,
      names = {"NOT_DELIVERED", "TASK_OVER", "TASK_STOPPING"})
  void what_will_not_be_delivered_is_said_when_no_record_says_otherwise(SendStatus status) {
    Effect takenBack = sent(3, status);
    Effect refused = sent(4, status);
    commits.add(start("a"), 0);
    commits.add(moved("b", TaskStatus.RUNNING, takenBack), 0);
    // Of this one nothing was ever recorded.
    commits.add(plain(refused), 0);
    assertThat(carriedOut).containsExactly(refused);
    store.succeed();
    commits.advance(0);
    assertThat(carriedOut).containsExactly(refused, open("a"));
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(refused, open("a"), takenBack);
  }

  @ParameterizedTest
  @EnumSource(
      value = ReplyStatus.class,
      names = {"REFUSED", "GONE"})
  void what_will_not_be_answered_is_said_when_no_record_says_otherwise(ReplyStatus status) {
    View task = View.of(running("b"));
    Effect agent = new Effect.Reply(3, new RequestAnswered(task, "per_1", status, null), false);
    Effect operator = new Effect.Reply(4, new OperatorAnswered(status, null), false);
    commits.add(moved("b", TaskStatus.INPUT_REQUIRED, agent, operator), 0);
    assertThat(carriedOut).isEmpty();
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(agent, operator);
  }

  @Test
  void nothing_overtakes_what_is_to_be_done_to_the_same_session_before() {
    commits.add(moved("a", TaskStatus.RUNNING, prompt("a")), 0);
    commits.add(plain(abort("a"), abort("b"), new Effect.DeleteSession("ses_bg_a")), 0);
    assertThat(carriedOut).containsExactly(abort("b"));
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut)
        .containsExactly(abort("b"), prompt("a"), abort("a"), new Effect.DeleteSession("ses_bg_a"));
  }

  @Test
  void what_a_task_that_is_stopped_was_to_do_is_not_done_and_the_word_to_stop_waits_for_nothing() {
    Effect answer = new Effect.AnswerRequest(id("a"), "req_1", new Reply.Allow());
    commits.add(moved("a", TaskStatus.RUNNING, prompt("a"), answer), 0);
    commits.add(moved("a", TaskStatus.CANCELLING, abort("a")), 0);

    assertThat(carriedOut).containsExactly(abort("a"));
    assertThat(engine)
        .containsExactly(
            prompt("a").failed(Code.UNAVAILABLE, "it was stopped before"),
            answer.failed(Code.UNAVAILABLE, "it was stopped before"));
  }

  @Test
  void what_is_not_owed_any_more_is_not_sent_and_holds_nothing_up() {
    commits.add(owing("msg_1"), 0);
    commits.add(plain(new Effect.DeleteSession("parent")), 0);
    assertThat(carriedOut).isEmpty();
    commits.add(new Step(delivered("msg_1"), List.of()), 0);

    assertThat(carriedOut).containsExactly(new Effect.DeleteSession("parent"));
    assertThat(engine).containsExactly(new Input.NoticeFailed("parent", "msg_1", Code.UNAVAILABLE));
  }

  @Test
  void steps_that_come_meanwhile_are_recorded_together_and_done_in_their_order() {
    commits.add(start("a"), 0);
    commits.add(start("b"), 0);
    commits.add(start("c"), 0);
    assertThat(store.saved).hasSize(1);
    store.succeed();
    commits.advance(0);
    assertThat(store.saved).hasSize(2);
    assertThat(store.saved.get(1).moved()).hasSize(2);
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(open("a"), open("b"), open("c"));
  }

  @Test
  void what_moves_again_and_again_waits_once() {
    commits.add(start("a"), 0);
    for (int i = 0; i < 100; i++) {
      commits.add(moved("b", TaskStatus.RUNNING), 0);
    }

    assertThat(commits.waiting()).isEqualTo(3);
  }

  @Test
  void what_was_held_up_by_something_that_is_recorded_waits_for_nothing_that_came_after_it() {
    commits.add(moved("a", TaskStatus.RUNNING, prompt("a")), 0);
    commits.add(start("b"), 0);
    commits.add(plain(abort("a")), 0);
    assertThat(carriedOut).isEmpty();
    store.succeed();
    commits.advance(0);

    // What was to be recorded for another is under way by now, and may take long.
    assertThat(store.saved).hasSize(2);
    assertThat(carriedOut).containsExactly(prompt("a"), abort("a"));
  }
}
