package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Answer.Sent;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages to tasks, and the honest word about what became of them. */
class SendTest {

  private final EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
  private final TaskId task = scenario.launch("parent");
  private final String session = scenario.run(task);

  // --- queued

  @Test
  void a_message_to_a_running_task_is_queued_and_its_agent_goes_on_with_it() {
    long call = scenario.send("parent", task, "and this");
    assertThat(scenario.messages(task)).containsExactly("do it", "and this");
    assertThat(scenario.allEffects(Effect.Abort.class)).isEmpty();
    assertThat(scenario.answer(call)).isNull();
    scenario.prompted(task);
    assertThat(scenario.sent(call)).isEqualTo(SendStatus.DELIVERED);
    assertThat(scenario.task(task).activation()).isEqualTo(2);
    scenario.finish(task, "both done");

    assertThat(scenario.outcome(task).text()).isEqualTo("both done");
  }

  @Test
  void a_look_after_a_message_knows_where_the_task_has_begun() {
    String first = scenario.task(task).promptId();
    scenario.send("parent", task, "and this");
    scenario.prompted(task);
    scenario.idle(session);

    Effect.Probe look = scenario.effects(Effect.Probe.class).get(0);
    assertThat(look.firstPromptId()).isEqualTo(first).isNotNull();
    assertThat(look.promptId()).isNotEqualTo(first);
  }

  @Test
  void a_task_whose_message_is_under_way_is_not_judged_by_what_it_said_before() {
    scenario.idle(session);
    scenario.send("parent", task, "and this");
    scenario.finds(task, Kind.FINISHED, "the first is done");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.prompted(task);
    scenario.finish(task, "both done");

    assertThat(scenario.outcome(task).text()).isEqualTo("both done");
  }

  @Test
  void a_message_that_crosses_a_notice_is_told_of_and_the_answer_to_the_notice_counts() {
    for (Code failure : new Code[] {null, Code.UNCERTAIN, Code.INVALID}) {
      EngineScenario scenario = new EngineScenario("max_depth=2");
      TaskId task = scenario.launch("parent");
      TaskId own = scenario.launch(scenario.run(task));
      scenario.run(own);
      scenario.finish(own, "done");
      Notice notice = scenario.lastNotice();
      long call = scenario.send("parent", task, "and this");
      long next = scenario.send("parent", task, "and that");
      scenario.arrive(notice);
      assertThat(scenario.task(task).promptId()).isEqualTo(notice.messageId());
      scenario.apply(
          failure == null
              ? new Input.Prompted(task, 2)
              : new Input.PromptFailed(task, 2, failure, "it did not work"));

      assertThat(scenario.sent(call))
          .isEqualTo(
              failure == null
                  ? SendStatus.DELIVERED
                  : failure == Code.INVALID ? SendStatus.NOT_DELIVERED : SendStatus.UNDER_WAY);
      assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
      assertThat(scenario.messages(task)).containsExactly("do it", "and this", "and that");
      scenario.prompted(task);
      assertThat(scenario.sent(next)).isEqualTo(SendStatus.DELIVERED);
      scenario.finish(task, "all done");
      assertThat(scenario.outcome(task).text()).isEqualTo("all done");
    }
  }

  @Test
  void the_late_answer_to_an_earlier_prompt_says_nothing_of_a_message() {
    long call = scenario.send("parent", task, "and this");
    scenario.apply(new Input.Prompted(task, 1));
    scenario.apply(new Input.PromptFailed(task, 1, Code.INVALID, "late"));
    assertThat(scenario.answer(call)).isNull();
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.DELIVERED);
  }

  @Test
  void a_message_to_a_task_that_has_not_started_is_kept_until_it_has() {
    TaskId starting = scenario.launch("parent");
    long call = scenario.send("parent", starting, "and this");
    assertThat(scenario.sent(call)).isEqualTo(SendStatus.KEPT);
    scenario.open(starting);
    assertThat(scenario.messages(starting)).containsExactly("do it");
    scenario.prompted(starting);

    assertThat(scenario.messages(starting)).containsExactly("do it", "and this");
  }

  @Test
  void a_message_to_a_task_that_waits_for_its_slot_is_kept_until_it_has_started() {
    EngineScenario full = new EngineScenario("max_running=1");
    TaskId first = full.launch("parent");
    TaskId pending = full.launch("parent");
    long call = full.send("parent", pending, "and this");
    assertThat(full.sent(call)).isEqualTo(SendStatus.KEPT);
    full.run(first);
    full.finish(first, "done");
    full.run(pending);

    assertThat(full.messages(pending)).containsExactly("do it", "and this");
  }

  @Test
  void messages_are_sent_one_after_the_other_in_their_order() {
    long first = scenario.send("parent", task, "one");
    long second = scenario.send("parent", task, "two");
    long third = scenario.send("parent", task, "three");
    assertThat(scenario.messages(task)).containsExactly("do it", "one");
    scenario.prompted(task);
    assertThat(scenario.messages(task)).containsExactly("do it", "one", "two");
    scenario.prompted(task);
    scenario.prompted(task);

    assertThat(scenario.messages(task)).containsExactly("do it", "one", "two", "three");
    assertThat(List.of(scenario.sent(first), scenario.sent(second), scenario.sent(third)))
        .containsOnly(SendStatus.DELIVERED);
  }

  @Test
  void a_task_for_which_too_many_messages_wait_is_given_no_more() {
    scenario.send("parent", task, "on its way");
    for (int i = 0; i < 32; i++) {
      assertThat(scenario.sent(scenario.send("parent", task, "message " + i))).isNull();
    }

    assertThat(scenario.sent(scenario.send("parent", task, "one more")))
        .isEqualTo(SendStatus.TOO_MANY);
  }

  @Test
  void a_message_to_a_task_that_waits_for_its_own_sets_it_to_work_when_there_is_a_slot() {
    EngineScenario full = new EngineScenario("max_running=1");
    TaskId upper = full.launch("parent");
    TaskId own = full.launch(full.run(upper));
    full.finish(upper, "I have launched one");
    full.run(own);
    long call = full.send("parent", upper, "and this");
    assertThat(full.sent(call)).isEqualTo(SendStatus.KEPT);
    assertThat(full.messages(upper)).hasSize(1);
    full.asks(full.session(own), "req");

    assertThat(full.messages(upper)).containsExactly("do it", "and this");
    assertThat(full.engine.running()).isEqualTo(1);
  }

  @Test
  void a_message_to_a_task_that_waits_for_its_own_is_sent_at_once_if_there_is_a_slot() {
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(task, "I have launched one");
    assertThat(scenario.engine.running()).isEqualTo(1);
    long call = scenario.send("parent", task, "and this");
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.DELIVERED);
    assertThat(scenario.engine.running()).isEqualTo(2);
  }

  @Test
  void a_message_to_a_task_that_waits_for_an_answer_lies_ready_and_takes_no_slot() {
    scenario.asks(session, "req");
    long call = scenario.send("parent", task, "and this");
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.DELIVERED);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_message_to_a_task_that_waits_in_a_call_lies_ready_and_takes_no_slot() {
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.await(session, WaitMode.ALL, own);
    scenario.send("parent", task, "and this");
    scenario.prompted(task);

    assertThat(scenario.messages(task)).hasSize(2);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  // --- interrupting

  @Test
  void a_message_that_interrupts_is_sent_when_the_agent_has_stopped() {
    long call = scenario.interrupt("parent", task, "do that instead");
    assertThat(scenario.effects(Effect.Abort.class))
        .containsExactly(new Effect.Abort(task, session));
    assertThat(scenario.messages(task)).hasSize(1);
    scenario.apply(new Input.AbortEnded(task));
    assertThat(scenario.effects(Effect.Probe.class).get(0).withStatus()).isTrue();
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.messages(task)).hasSize(1);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);
    assertThat(scenario.messages(task)).containsExactly("do it", "do that instead");
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.INTERRUPTED);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void an_agent_that_does_not_stop_is_sent_the_message_all_the_same_and_that_is_said() {
    EngineScenario hurried = new EngineScenario("cancel_grace_seconds=5", "reconcile_seconds=3600");
    TaskId stubborn = hurried.launch("parent");
    hurried.run(stubborn);
    long call = hurried.interrupt("parent", stubborn, "do that instead");
    for (int i = 0; i < 4; i++) {
      hurried.apply(new Input.AbortEnded(stubborn));
      hurried.findsBusy(stubborn, Kind.WORKING);
      assertThat(hurried.messages(stubborn)).hasSize(1);
      hurried.passSeconds(1);
    }
    hurried.passSeconds(1);
    hurried.apply(new Input.AbortEnded(stubborn));
    hurried.findsBusy(stubborn, Kind.WORKING);
    hurried.prompted(stubborn);

    assertThat(hurried.messages(stubborn)).containsExactly("do it", "do that instead");
    assertThat(hurried.sent(call)).isEqualTo(SendStatus.DELIVERED);
  }

  @Test
  void an_agent_that_cannot_be_seen_to_stop_is_told_to_stop_again() {
    scenario.interrupt("parent", task, "do that instead");
    scenario.apply(new Input.AbortEnded(task));
    scenario.apply(new Input.ProbeFailed(task, 1));
    scenario.passSeconds(1);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void a_session_that_was_stopped_for_a_message_was_not_interrupted_by_a_person() {
    scenario.interrupt("parent", task, "do that instead");
    scenario.fails(session, "aborted");
    scenario.idle(session);
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_task_that_retries_is_stopped_for_a_message_like_any_other() {
    scenario.retries(session, "overloaded");
    scenario.interrupt("parent", task, "do that instead");
    scenario.retries(session, "overloaded");
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.messages(task)).hasSize(2);
  }

  @Test
  void an_agent_that_is_stopped_in_a_call_for_a_message_has_its_call_answered() {
    TaskId own = scenario.launch(session);
    scenario.run(own);
    long waiting = scenario.await(session, WaitMode.ALL, own);
    scenario.interrupt("parent", task, "do that instead");
    assertThat(scenario.answer(waiting)).isNull();
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(((Answer.Shown) scenario.answer(waiting)).waitedInVain()).isTrue();
    assertThat(scenario.engine.running()).isEqualTo(2);
  }

  @Test
  void an_agent_that_is_stopped_for_a_message_is_set_to_work_in_its_turn() {
    EngineScenario full = new EngineScenario("max_running=1", "reconcile_seconds=3600");
    TaskId first = full.launch("parent");
    String itsSession = full.run(first);
    TaskId second = full.launch("parent");
    full.asks(itsSession, "req");
    full.run(second);
    // A person lets it go on, so that two are at work where one may be.
    full.event(new SessionEvent.RequestAnswered(itsSession, "req"));
    long call = full.interrupt("parent", first, "do that instead");
    full.stops(first);
    assertThat(full.sent(call)).isEqualTo(SendStatus.KEPT);
    assertThat(full.engine.running()).isEqualTo(1);
    full.finish(second, "done");

    assertThat(full.messages(first)).containsExactly("do it", "do that instead");
    assertThat(full.engine.running()).isEqualTo(1);
  }

  @Test
  void a_message_that_interrupts_waits_for_those_before_it() {
    scenario.send("parent", task, "one");
    long call = scenario.interrupt("parent", task, "two");
    assertThat(scenario.allEffects(Effect.Abort.class)).isEmpty();
    scenario.prompted(task);
    assertThat(scenario.allEffects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.INTERRUPTED);
    assertThat(scenario.messages(task)).containsExactly("do it", "one", "two");
  }

  // --- not delivered

  @Test
  void a_task_that_has_ended_is_not_sent_anything() {
    scenario.finish(task, "42");
    assertThat(scenario.sent(scenario.send("parent", task, "late")))
        .isEqualTo(SendStatus.TASK_OVER);
    scenario.arrive();

    assertThat(scenario.sent(scenario.send("parent", task, "late")))
        .isEqualTo(SendStatus.TASK_OVER);
    assertThat(scenario.messages(task)).hasSize(1);
  }

  @Test
  void a_task_that_is_being_stopped_is_not_sent_anything() {
    scenario.cancel("parent", task);

    assertThat(scenario.sent(scenario.send("parent", task, "late")))
        .isEqualTo(SendStatus.TASK_STOPPING);
    assertThat(scenario.messages(task)).hasSize(1);
  }

  @Test
  void a_foreign_task_is_as_unknown_as_one_that_never_was() {
    assertThat(scenario.answer(scenario.send("other", task, "hello")))
        .isEqualTo(new Answer.UnknownTask(task.value(), List.of()));
  }

  @Test
  void messages_that_wait_when_their_task_is_stopped_are_answered() {
    long first = scenario.send("parent", task, "one");
    long second = scenario.send("parent", task, "two");
    scenario.cancel("parent", task);

    assertThat(scenario.sent(first)).isEqualTo(SendStatus.UNDER_WAY);
    assertThat(scenario.sent(second)).isEqualTo(SendStatus.TASK_STOPPING);
    scenario.prompted(task);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.messages(task)).hasSize(2);
  }

  @Test
  void messages_that_wait_when_their_task_ends_are_answered() {
    long call = scenario.interrupt("parent", task, "one");
    scenario.deleted(session);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.TASK_OVER);
  }

  @Test
  void a_message_that_the_host_does_not_take_was_not_delivered_and_what_was_said_before_counts() {
    scenario.idle(session);
    long call = scenario.send("parent", task, "x");
    scenario.finds(task, Kind.FINISHED, "42");
    String prompt = scenario.allEffects(Effect.SendPrompt.class).get(0).task().promptId();
    scenario.promptFails(task, Code.INVALID);
    Sent answer = (Sent) scenario.answer(call);
    assertThat(answer.status()).isEqualTo(SendStatus.NOT_DELIVERED);
    assertThat(answer.detail()).isEqualTo("it did not work");
    Effect.Probe look = scenario.effects(Effect.Probe.class).get(0);
    assertThat(look.promptId()).isEqualTo(prompt);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.outcome(task).text()).isEqualTo("42");
  }

  @Test
  void a_message_that_the_host_may_have_taken_is_said_to_be_under_way() {
    long call = scenario.send("parent", task, "x");
    scenario.promptFails(task, Code.UNCERTAIN);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.UNDER_WAY);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_message_that_finds_no_session_any_more_has_a_deleted_task() {
    long call = scenario.send("parent", task, "x");
    scenario.promptFails(task, Code.NOT_FOUND);

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_DELETED);
    assertThat(scenario.sent(call)).isEqualTo(SendStatus.TASK_OVER);
  }

  @Test
  void a_message_that_the_host_cannot_take_now_is_tried_again_and_given_up_in_the_end() {
    long call = scenario.send("parent", task, "x");
    long next = scenario.send("parent", task, "y");
    for (int seconds : List.of(1, 2, 4)) {
      scenario.promptFails(task, Code.UNAVAILABLE);
      scenario.passSeconds(seconds - 1);
      assertThat(scenario.effects(Effect.SendPrompt.class)).isEmpty();
      scenario.passSeconds(1);
      assertThat(scenario.effects(Effect.SendPrompt.class)).hasSize(1);
    }
    scenario.promptFails(task, Code.UNAVAILABLE);
    assertThat(scenario.sent(call)).isEqualTo(SendStatus.NOT_DELIVERED);
    assertThat(scenario.messages(task)).last().isEqualTo("y");
    scenario.prompted(task);

    assertThat(scenario.sent(next)).isEqualTo(SendStatus.DELIVERED);
  }

  @Test
  void a_message_that_never_reached_its_session_is_given_twice_more_and_not_for_ever() {
    scenario.send("parent", task, "x");
    scenario.prompted(task);
    scenario.idle(session);
    for (int i = 0; i < 2; i++) {
      scenario.finds(task, Kind.UNPROMPTED, "");
      scenario.passSeconds(4);
      scenario.finds(task, Kind.UNPROMPTED, "");
      assertThat(scenario.effects(Effect.SendPrompt.class)).hasSize(1);
      // Whatever the host says to it, it may have arrived before.
      scenario.promptFails(task, i == 0 ? Code.INVALID : Code.UNCERTAIN);
      scenario.passSeconds(1);
    }
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(30);
    scenario.finds(task, Kind.UNPROMPTED, "");

    assertThat(scenario.messages(task)).containsExactly("do it", "x", "x", "x");
    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
    assertThat(scenario.outcome(task).detail())
        .startsWith("the host took the prompt, but it never reached the session");
  }
}
