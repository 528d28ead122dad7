package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.messaging.Instructions;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tasks that take too long, or give no sign of life. */
class TimeTest {

  // --- deadline

  @Test
  void a_task_is_stopped_when_its_time_is_over_and_keeps_what_it_wrote() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launching("parent").timeoutSeconds(60).accepted();
    scenario.run(task);
    scenario.passSeconds(59);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(2);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.reason(task)).isEqualTo(Reason.TIMED_OUT);
    assertThat(scenario.outcome(task).detail()).isEqualTo("it has not ended within 60 s");
    assertThat(scenario.outcome(task).text()).isEqualTo("half");
    assertThat(scenario.lastNotice().announced()).hasSize(1);
  }

  @Test
  void time_counts_from_the_start_and_not_in_the_queue() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId first = scenario.launch("parent");
    TaskId task = scenario.launching("parent").timeoutSeconds(60).accepted();
    scenario.run(first);
    scenario.passSeconds(100);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.PENDING);
    scenario.finish(first, "done");
    scenario.run(task);
    scenario.passSeconds(59);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_task_that_still_waits_is_not_late_when_another_is() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId first = scenario.launching("parent").timeoutSeconds(10).accepted();
    TaskId waiting = scenario.launching("parent").timeoutSeconds(10).stallSeconds(10).accepted();
    scenario.run(first);
    scenario.passSeconds(10);
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.CANCELLING);

    assertThat(scenario.status(waiting)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void time_runs_out_also_while_a_session_is_being_created() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launching("parent").timeoutSeconds(10).accepted();
    scenario.passSeconds(11);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.open(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.TIMED_OUT);
  }

  @Test
  void time_runs_out_also_while_a_task_waits_for_an_answer() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launching("parent").timeoutSeconds(10).accepted();
    scenario.asks(scenario.run(task), "req");
    scenario.passSeconds(11);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void each_task_is_stopped_at_its_own_time() {
    EngineScenario scenario = new EngineScenario();
    TaskId late = scenario.launching("parent").timeoutSeconds(300).accepted();
    TaskId early = scenario.launching("parent").timeoutSeconds(20).accepted();
    TaskId never = scenario.launch("parent");
    scenario.run(late);
    scenario.run(early);
    scenario.run(never);
    scenario.passSeconds(21);
    assertThat(scenario.status(early)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(280);

    assertThat(scenario.status(late)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(never)).isEqualTo(TaskStatus.RUNNING);
  }

  // --- stall

  @Test
  void a_silent_task_is_looked_at_before_it_is_called_stalled_and_told_once() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(59);
    assertThat(scenario.effects(Effect.Probe.class)).isEmpty();
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    assertThat(scenario.notices()).isEmpty();
    scenario.findsBusyAt(task, 1);

    assertThat(scenario.view("parent", task).task().progress().stalled()).isTrue();
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.allEffects(Effect.Abort.class)).isEmpty();
  }

  @Test
  void a_parent_is_woken_once_for_a_stall_and_not_again_while_it_lasts() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 1);
    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.lastNotice().attention().get(0).progress().stalled()).isTrue();
    scenario.arrive();
    scenario.passSeconds(600);

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void nobody_is_told_of_the_stall_of_a_task_that_was_to_be_silent() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = scenario.launching("parent").stallSeconds(60).notify(Notify.SILENT).accepted();
    scenario.run(task);
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 1);

    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.view("parent", task).task().progress().stalled()).isTrue();
  }

  @Test
  void a_sign_of_life_ends_a_stall_and_the_next_one_is_told_again() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 1);
    scenario.arrive();
    scenario.passSeconds(1);
    scenario.toolUse(scenario.session(task), "call_1", "grep");
    assertThat(scenario.view("parent", task).task().progress().stalled()).isFalse();
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 2);

    assertThat(scenario.notices()).hasSize(2);
  }

  @Test
  void a_task_of_which_events_tell_is_not_stalled() {
    EngineScenario scenario = new EngineScenario("on_stall=fail");
    TaskId task = stalling(scenario);
    for (int i = 0; i < 100; i++) {
      scenario.passSeconds(50);
      scenario.toolCall(scenario.session(task), "call_" + i, "grep", "{\"for\":" + i + "}");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.view("parent", task).task().progress().stalled()).isFalse();
  }

  @Test
  void a_task_that_gets_further_unheard_is_not_stalled() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600", "on_stall=fail");
    TaskId task = stalling(scenario);
    scenario.passSeconds(1);
    scenario.idle(scenario.session(task));
    for (int mark = 0; mark < 20; mark++) {
      scenario.findsBusyAt(task, mark);
      scenario.passSeconds(61);
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void a_task_that_has_got_further_is_not_looked_at_again_before_it_may_have_stalled() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(1);
    scenario.idle(scenario.session(task));
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(60);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.findsBusyAt(task, 2);
    scenario.passSeconds(59);
    assertThat(scenario.effects(Effect.Probe.class)).isEmpty();
    scenario.passSeconds(1);

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_look_for_another_reason_shows_whether_a_task_has_got_further_too() {
    EngineScenario further = new EngineScenario("reconcile_seconds=3600");
    EngineScenario silent = new EngineScenario("reconcile_seconds=3600");
    lookedAt(further, 2);
    lookedAt(silent, 1);
    further.passSeconds(31);
    silent.passSeconds(31);
    assertThat(further.effects(Effect.Probe.class)).isEmpty();
    assertThat(silent.effects(Effect.Probe.class)).hasSize(1);
    further.passSeconds(29);

    assertThat(further.effects(Effect.Probe.class)).hasSize(1);
  }

  /** Half a minute after it was, what shows how far it is at that time. */
  private static void lookedAt(EngineScenario scenario, long fingerprint) {
    TaskId task = stalling(scenario);
    scenario.idle(scenario.session(task));
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(30);
    scenario.apply(new Input.EventsLost());
    scenario.apply(new Input.StatusesFetched(Map.of()));
    scenario.findsBusyAt(task, fingerprint);
  }

  @Test
  void that_a_task_was_answered_in_the_host_is_a_sign_of_life_though_nobody_heard_it_ask() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(30);
    scenario.event(new SessionEvent.RequestAnswered(scenario.session(task), "req"));
    scenario.passSeconds(59);
    assertThat(scenario.effects(Effect.Probe.class)).isEmpty();
    scenario.passSeconds(1);

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_task_that_is_not_at_work_is_not_stalled() {
    EngineScenario scenario = new EngineScenario("input_timeout_seconds=0", "on_stall=fail");
    TaskId asking = stalling(scenario);
    scenario.asks(scenario.session(asking), "req");
    TaskId retrying = stalling(scenario);
    scenario.retries(scenario.session(retrying), "overloaded");
    TaskId waiting = stalling(scenario);
    TaskId own = scenario.launch(scenario.session(waiting));
    scenario.run(own);
    scenario.finish(waiting, "I have launched one");
    scenario.passSeconds(500);

    assertThat(scenario.status(asking)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.status(retrying)).isEqualTo(TaskStatus.RETRYING);
    assertThat(scenario.status(waiting)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.view("parent", waiting).task().progress().stalled()).isFalse();
  }

  @Test
  void a_task_that_stalls_after_it_was_waited_for_is_noticed_all_the_same() {
    EngineScenario scenario =
        new EngineScenario("reconcile_seconds=3600", "input_timeout_seconds=0");
    TaskId task = stalling(scenario);
    scenario.asks(scenario.session(task), "req");
    scenario.passSeconds(500);
    scenario.reply("parent", "req", new Reply.Allow());
    scenario.apply(new Input.RequestReplied(task, "req"));
    scenario.passSeconds(62);

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_task_that_stalls_after_it_was_sent_something_is_noticed_all_the_same() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(30);
    scenario.send("parent", task, "and this");
    scenario.passSeconds(60);
    scenario.prompted(task);
    scenario.passSeconds(62);

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_stalled_task_is_told_to_go_on_once_and_fails_when_that_does_not_help() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600", "on_stall=nudge");
    TaskId task = stalling(scenario);
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(61);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.stops(task);
    assertThat(scenario.messages(task)).hasSize(2).last().isEqualTo(Instructions.NUDGE);
    scenario.prompted(task);
    scenario.passSeconds(61);
    scenario.findsBusyAt(task, 2);
    scenario.passSeconds(61);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.STALLED);
    assertThat(scenario.messages(task)).hasSize(2);
  }

  @Test
  void a_stalled_task_is_cancelled_if_so_set() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600", "on_stall=cancel");
    TaskId task = stalling(scenario);
    scenario.passSeconds(60);
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(59);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(1);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("it gave no sign of life for more than 120 s");
  }

  @Test
  void a_stalled_task_fails_if_so_set() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600", "on_stall=fail");
    TaskId task = stalling(scenario);
    scenario.passSeconds(5);
    scenario.toolUse(scenario.session(task), "call_1", "grep");
    scenario.passSeconds(60);
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(60);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.STALLED);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("it gave no sign of life for more than 120 s");
  }

  @Test
  void a_silent_task_that_turns_out_to_have_ended_has_ended() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(61);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.lastNotice().attention()).isEmpty();
  }

  @Test
  void a_look_that_fails_says_nothing_of_a_silent_task_and_is_made_again() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    TaskId task = stalling(scenario);
    scenario.passSeconds(61);
    scenario.apply(new Input.ProbeFailed(task, 1));
    assertThat(scenario.view("parent", task).task().progress().stalled()).isFalse();
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.findsBusyAt(task, 1);

    assertThat(scenario.view("parent", task).task().progress().stalled()).isTrue();
  }

  @Test
  void nothing_is_thought_of_before_it_may_be_late() {
    EngineScenario scenario = new EngineScenario("reconcile_seconds=3600");
    scenario.run(scenario.launch("parent"));
    // Whether it has started in time is looked at once.
    scenario.passSeconds(1_600);
    assertThat(scenario.engine.nextDue()).isEqualTo(scenario.now() + 2_000_000);
    stalling(scenario);

    assertThat(scenario.engine.nextDue()).isEqualTo(scenario.now() + 60_000);
  }

  @Test
  void nothing_is_watched_when_everything_is_over() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launching("parent").timeoutSeconds(600).stallSeconds(60).accepted();
    scenario.run(task);
    scenario.finish(task, "42");
    scenario.arrive();
    scenario.passSeconds(700);
    assertThat(scenario.readable("parent", task)).isTrue();
    // Its result leaves in its time, though nobody asks for anything.
    scenario.passSeconds(86_400);

    assertThat(scenario.readable("parent", task)).isFalse();
    assertThat(scenario.engine.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  private static TaskId stalling(EngineScenario scenario) {
    TaskId task = scenario.launching("parent").stallSeconds(60).accepted();
    scenario.run(task);
    return task;
  }
}
