package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** Somebody stops, in the host, a session that has tasks. */
class InterruptedParentTest {

  @Test
  void its_tasks_run_on_and_it_is_told() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    stopped(scenario, "parent");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finish(task, "42");

    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void its_tasks_run_on_and_it_is_not_told_if_so_set() {
    EngineScenario scenario =
        new EngineScenario("on_parent_interrupted=detach", "notice_delay_ms=1000");
    TaskId done = scenario.launch("parent");
    TaskId task = scenario.launch("parent");
    scenario.run(done);
    scenario.finish(done, "41");
    scenario.run(task);
    stopped(scenario, "parent");
    scenario.finish(task, "42");
    scenario.passSeconds(2);
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.readable("parent", task)).isTrue();
    TaskId later = scenario.launch("parent");
    scenario.run(later);
    scenario.finish(later, "43");

    assertThat(scenario.lastNotice().announced()).hasSize(1);
  }

  @Test
  void a_session_without_live_tasks_is_not_told_of_the_last_either_if_so_set() {
    EngineScenario scenario =
        new EngineScenario("on_parent_interrupted=detach", "busy_parent_seconds=60");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.finish(task, "42");
    scenario.parentBusy(scenario.lastNotice());
    stopped(scenario, "parent");

    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void its_tasks_and_theirs_are_cancelled_if_so_set() {
    EngineScenario scenario = new EngineScenario("on_parent_interrupted=cancel");
    TaskId task = scenario.launch("parent");
    TaskId below = scenario.launch(scenario.run(task));
    scenario.run(below);
    TaskId foreign = scenario.launch("other");
    scenario.run(foreign);
    stopped(scenario, "parent");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(foreign)).isEqualTo(TaskStatus.RUNNING);
    scenario.stops(task);
    scenario.stops(below);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("the session that launched it was stopped");
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_failure_that_is_no_stop_changes_nothing() {
    EngineScenario scenario = new EngineScenario("on_parent_interrupted=cancel");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.fails("parent", "no credit");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_task_that_is_stopped_takes_its_own_with_it_whatever_is_set() {
    EngineScenario scenario = new EngineScenario("on_parent_interrupted=leave");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    stopped(scenario, session);
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.RUNNING);
    scenario.finds(task, Kind.STOPPED, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.INTERRUPTED);
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(below);
    assertThat(scenario.reason(below)).isEqualTo(Reason.PARENT_GONE);
  }

  private static void stopped(EngineScenario scenario, String session) {
    scenario.event(new SessionEvent.Failed(session, new Failure(Failure.ABORTED, "aborted")));
  }
}
