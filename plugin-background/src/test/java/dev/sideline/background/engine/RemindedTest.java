package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** A call that hangs for longer than a session is given to stop is not all that it is told. */
class RemindedTest {

  private final EngineScenario scenario = new EngineScenario("cancel_grace_seconds=30");
  private final TaskId task = scenario.launch("parent");

  @Test
  void an_abort_that_is_not_answered_by_half_of_the_grace_is_sent_once_more_and_then_no_more() {
    String session = scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(14);
    assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Abort.class))
        .containsExactly(new Effect.Abort(task, session));
    scenario.passSeconds(14);
    assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void a_look_that_was_due_before_the_cancel_does_not_stand_for_an_answer() {
    scenario.idle(scenario.run(task));
    for (int i = 0; i < 6; i++) {
      scenario.finds(task, Kind.WORKING, "half");
      scenario.idle(scenario.session(task));
    }
    scenario.finds(task, Kind.WORKING, "half");
    scenario.cancel("parent", task);
    scenario.passSeconds(15);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void an_answer_of_either_abort_counts_and_that_of_the_other_changes_nothing() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(15);
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);
    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    scenario.apply(new Input.AbortEnded(task));

    assertThat(scenario.effects(Effect.class)).isEmpty();
    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void a_session_that_will_be_told_again_all_the_same_is_told_no_sooner() {
    scenario.run(task);
    scenario.cancel("parent", task);
    for (int wait = 100; wait < 10_000; wait *= 2) {
      scenario.apply(new Input.AbortEnded(task));
      scenario.findsBusy(task, Kind.WORKING);
      scenario.passMillis(wait - 1);
      assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
      scenario.passMillis(1);
      assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    }
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    // Nearly thirteen seconds have passed, and it is told again in as many.
    scenario.passMillis(12_800);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void an_abort_that_was_sent_again_and_is_not_answered_is_sent_once_more_too() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.passSeconds(14);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void what_is_heard_of_a_session_that_does_not_stop_has_it_told_again_before_it_is_looked_at() {
    String session = scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.idle(session);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passMillis(100);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.allEffects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_session_whose_look_is_not_answered_is_told_once_more_too() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.passSeconds(15);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void a_session_whose_prompt_is_not_answered_is_told_to_stop_too() {
    String session = scenario.open(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(15);

    assertThat(scenario.effects(Effect.Abort.class))
        .containsExactly(new Effect.Abort(task, session));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_task_whose_session_is_not_there_yet_has_nobody_to_tell() {
    scenario.cancel("parent", task);
    scenario.passSeconds(29);
    assertThat(scenario.allEffects(Effect.Abort.class)).isEmpty();
    scenario.passSeconds(1);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
  }

  @Test
  void a_session_that_has_stopped_by_itself_is_told_nothing_when_another_task_goes_on_in_it() {
    String session = scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(5);
    scenario.idle(session);
    scenario.finds(task, Kind.BROKEN, "half");
    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    TaskId next = scenario.launching("parent").resumes(task).accepted();
    scenario.prompted(next);
    scenario.passSeconds(25);
    scenario.apply(new Input.AbortEnded(task));

    assertThat(scenario.allEffects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_session_that_was_abandoned_is_told_nothing_any_more() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.passSeconds(30);
    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
    scenario.passSeconds(60);

    assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
  }
}
