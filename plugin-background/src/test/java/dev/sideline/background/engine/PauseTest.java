package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A process that stood still: what is due waits for a look, and what is waited for does not. */
class PauseTest {

  private static final int EIGHT_HOURS = 8 * 3_600;

  // --- first looked at, then judged

  @Test
  void a_task_that_has_its_answer_after_a_pause_is_completed_and_not_timed_out() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(2);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.allEffects(Effect.Abort.class)).isEmpty();
  }

  @Test
  void a_task_that_still_works_after_a_pause_is_timed_out_at_its_time() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(55);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(4);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_task_that_is_late_when_a_look_has_shown_it_at_work_is_stopped_soon() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(3);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_look_that_fails_after_a_pause_is_waited_for_and_no_other() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(3);
    scenario.apply(new Input.ProbeFailed(task, 1));
    scenario.passSeconds(1);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_host_that_does_not_answer_after_a_pause_puts_off_no_deadline_for_long() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(9);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_look_that_began_before_a_pause_says_nothing_of_what_came_then() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.idle(scenario.session(task));
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(3);
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.passSeconds(3);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void a_look_that_began_before_a_pause_and_fails_is_made_again_at_once() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    scenario.passSeconds(59);
    scenario.idle(scenario.session(task));
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.apply(new Input.ProbeFailed(task, 1));
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.passSeconds(3);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void silence_is_told_only_after_a_look_that_began_after_the_pause() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = scenario.launching("parent").stallSeconds(60).accepted();
    scenario.run(task);
    scenario.passSeconds(61);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.findsBusyAt(task, 1);
    assertThat(stalled(scenario, task)).isFalse();
    assertThat(scenario.notices()).isEmpty();
    scenario.findsBusyAt(task, 1);

    assertThat(stalled(scenario, task)).isTrue();
  }

  @Test
  void a_session_is_not_given_up_as_lost_by_a_look_that_began_before_a_pause() {
    EngineScenario scenario = new EngineScenario("lost_seconds=20");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.passSeconds(5);
    scenario.idle(scenario.session(task));
    scenario.findsAt(task, Kind.WORKING, 1);
    scenario.passSeconds(19);
    scenario.findsAt(task, Kind.WORKING, 1);
    scenario.passSeconds(19);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.findsAt(task, Kind.WORKING, 1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.findsAt(task, Kind.WORKING, 1);

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void a_model_that_was_tried_again_until_a_pause_is_looked_at_before_it_is_given_up() {
    EngineScenario scenario = new EngineScenario("retrying_seconds=60", "reconcile_seconds=3600");
    TaskId task = scenario.launch("parent");
    scenario.retries(scenario.run(task), "overloaded");
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(5);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RETRYING);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void what_a_task_asks_is_not_answered_for_a_person_before_a_look_after_the_pause() {
    EngineScenario scenario =
        new EngineScenario("input_timeout_seconds=60", "reconcile_seconds=3600");
    TaskId task = scenario.launch("parent");
    scenario.asks(scenario.run(task), "req");
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(5);
    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(2);

    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void a_task_that_is_only_being_created_is_given_some_time_after_a_pause() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launching("parent").timeoutSeconds(60).accepted();
    scenario.passSeconds(59);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(5);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.STARTING);
    scenario.passSeconds(6);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  // --- being stopped

  @Test
  void a_task_that_was_told_to_stop_is_told_once_more_after_a_pause_and_is_cancelled() {
    EngineScenario scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(9);
    scenario.pausesSeconds(EIGHT_HOURS);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.passSeconds(2);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void a_task_that_does_not_stop_after_a_pause_either_is_abandoned() {
    EngineScenario scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(9);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(11);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
  }

  @Test
  void an_agent_that_is_interrupted_for_a_message_is_told_to_stop_once_more_after_a_pause() {
    EngineScenario scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.interrupt("parent", task, "and this");
    scenario.passSeconds(11);
    scenario.pausesSeconds(EIGHT_HOURS);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(Answer.SendStatus.INTERRUPTED);
  }

  // --- calls that wait

  @Test
  void a_wait_ends_at_the_time_that_its_caller_has_given_though_a_pause_came_between() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(10);
    scenario.pausesSeconds(20);
    scenario.passSeconds(29);
    assertThat(scenario.answer(call)).isNull();
    scenario.passSeconds(1);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
  }

  @Test
  void a_wait_whose_time_passed_in_a_pause_ends_at_once() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(10);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.pass(Duration.ZERO);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_call_that_cancels_is_answered_when_the_tasks_have_had_their_grace() {
    EngineScenario scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.cancel("parent", task);
    scenario.passSeconds(9);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(3);
    assertThat(scenario.answer(call)).isNull();
    scenario.stops(task);

    assertThat(((Answer.CancelEnded) scenario.answer(call)).stopped()).hasSize(1);
  }

  @Test
  void a_call_that_cancels_is_told_of_what_is_given_up_at_the_same_time() {
    EngineScenario scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.cancel("parent", task);
    scenario.passSeconds(5);
    scenario.pausesSeconds(EIGHT_HOURS);
    scenario.passSeconds(11);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
    assertThat(((Answer.CancelEnded) scenario.answer(call)).stopping())
        .extracting(view -> view.task().status())
        .containsExactly(TaskStatus.CANCELLED);
  }

  // --- suspended: the time of the process stood still by itself

  @Test
  void all_is_looked_at_when_the_machine_has_slept_and_no_wait_ends_early() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = timed(scenario);
    TaskId other = scenario.launch("parent");
    scenario.run(other);
    scenario.findsBusy(other, Kind.WORKING);
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(30);
    scenario.pausesSeconds(0);
    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::task)
        .containsExactlyInAnyOrder(task, other);
    assertThat(scenario.allEffects(Effect.FetchStatuses.class)).isNotEmpty();
    scenario.passSeconds(29);

    assertThat(scenario.answer(call)).isNull();
  }

  private static TaskId timed(EngineScenario scenario) {
    TaskId task = scenario.launching("parent").timeoutSeconds(60).accepted();
    scenario.run(task);
    return task;
  }

  private static boolean stalled(EngineScenario scenario, TaskId task) {
    return scenario.view("parent", task).task().progress().stalled();
  }
}
