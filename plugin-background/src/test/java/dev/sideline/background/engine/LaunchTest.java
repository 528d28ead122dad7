package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Input.NotStored.Refused;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LaunchTest {

  @Test
  void a_launch_is_answered_in_the_step_that_records_it() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.effects(Effect.OpenSession.class)).hasSize(1);
    scenario.open(task);
    assertThat(scenario.effects(Effect.SendPrompt.class)).hasSize(1);
    scenario.prompted(task);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_burst_of_launches_never_exceeds_a_limit() {
    EngineScenario scenario =
        new EngineScenario("max_running=5", "max_running_per_parent=3", "max_starting=2");
    List<TaskId> tasks = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      tasks.add(scenario.launch("a"));
      tasks.add(scenario.launch("b"));
    }

    assertThat(scenario.allEffects(Effect.OpenSession.class)).hasSize(2);
    for (int i = 0; i < 4; i++) {
      tasks.stream()
          .filter(task -> scenario.status(task) == TaskStatus.STARTING)
          .toList()
          .forEach(scenario::run);
    }
    assertThat(scenario.engine.running()).isEqualTo(5);
    assertThat(tasks)
        .filteredOn(task -> scenario.status(task) == TaskStatus.RUNNING)
        .filteredOn(task -> scenario.task(task).parent().equals("a"))
        .hasSizeBetween(2, 3);
  }

  @Test
  void one_parent_with_a_hundred_tasks_does_not_keep_another_waiting() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId first = scenario.launch("busy");
    for (int i = 0; i < 100; i++) {
      scenario.launch("busy");
    }
    TaskId other = scenario.launch("other");
    scenario.run(first);
    scenario.finish(first, "done");
    scenario.allEffects(Effect.OpenSession.class);
    TaskId second = scenario.effects(Effect.OpenSession.class).get(0).task().id();
    scenario.run(second);
    scenario.finish(second, "done");

    assertThat(scenario.status(other)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_slot_is_freed_by_every_way_to_end() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId notOpened = scenario.launch("parent");
    TaskId notPrompted = scenario.launch("parent");
    TaskId broken = scenario.launch("parent");
    TaskId deleted = scenario.launch("parent");
    TaskId cancelled = scenario.launch("parent");
    TaskId next = scenario.launch("parent");

    scenario.apply(new Input.OpenFailed(notOpened, Code.INVALID, "no such directory"));
    scenario.open(notPrompted);
    scenario.promptFails(notPrompted, Code.INVALID);
    scenario.idle(scenario.run(broken));
    scenario.finds(broken, Kind.BROKEN, "the model said no");
    scenario.deleted(scenario.run(deleted));
    scenario.run(cancelled);
    scenario.cancel("parent", cancelled);
    scenario.apply(new Input.AbortEnded(cancelled));
    scenario.finds(cancelled, Kind.BROKEN, "");

    assertThat(scenario.reason(notOpened)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.reason(notPrompted)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.reason(broken)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.reason(deleted)).isEqualTo(Reason.SESSION_DELETED);
    assertThat(scenario.reason(cancelled)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_launch_beyond_a_limit_is_refused_and_changes_nothing() {
    EngineScenario scenario =
        new EngineScenario("max_tasks=3", "max_tasks_per_parent=2", "max_depth=1");
    TaskId task = scenario.launch("a");
    scenario.launch("a");

    assertThat(scenario.answer(scenario.tryLaunch("a")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks_per_parent", 2, null)));
    assertThat(scenario.answer(scenario.tryLaunch(scenario.run(task))))
        .isEqualTo(new Answer.LimitReached(new Limit("max_depth", 1, null)));
    scenario.launch("b");
    assertThat(scenario.answer(scenario.tryLaunch("c")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks", 3, null)));
    assertThat(scenario.engine.size()).isEqualTo(3);
  }

  @Test
  void what_a_parent_was_told_of_does_not_keep_it_from_launching_and_stays() {
    EngineScenario limited = new EngineScenario("max_tasks=4", "max_tasks_per_parent=3");
    TaskId longest = limited.launch("parent");
    limited.run(longest);
    List<TaskId> told = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      TaskId task = limited.launch("parent");
      limited.run(task);
      limited.finish(task, "answer " + i);
      limited.arrive();
      told.add(task);
    }

    assertThat(limited.engine.size()).isEqualTo(11);
    limited.launch("parent");
    limited.launch("parent");
    assertThat(limited.answer(limited.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks_per_parent", 3, null)));
    limited.launch("other");
    assertThat(limited.answer(limited.tryLaunch("third")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks", 4, null)));
    assertThat(limited.output("parent", told.get(0).value())).isInstanceOf(Answer.Shown.class);
  }

  @ParameterizedTest
  @EnumSource(names = {"EACH", "ALL"})
  void what_a_parent_is_still_to_be_told_of_keeps_it_from_launching(Notify notify) {
    EngineScenario limited = new EngineScenario("max_tasks_per_parent=2");
    Answer full = new Answer.LimitReached(new Limit("max_tasks_per_parent", 2, null));
    limited.run(limited.launch("parent"));
    TaskId ended = limited.launching("parent").notify(notify).accepted();
    limited.run(ended);
    limited.finish(ended, "42");

    assertThat(limited.answer(limited.tryLaunch("parent"))).isEqualTo(full);
    limited.arrive();
    assertThat(limited.answer(limited.tryLaunch("parent")).equals(full))
        .isEqualTo(notify == Notify.ALL);
  }

  @Test
  void a_task_that_could_not_be_recorded_leaves_nothing_behind() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId lost = scenario.launch("parent");
    TaskId next = scenario.launch("parent");
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(scenario.answer(99)).isInstanceOf(Answer.NotRecorded.class);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.readable("parent", lost)).isFalse();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_task_that_ends_or_vanishes_while_it_starts_leaves_room_for_another_to_start() {
    EngineScenario scenario = new EngineScenario("max_starting=1");
    TaskId lost = scenario.launch("parent");
    TaskId failing = scenario.launch("parent");
    TaskId last = scenario.launch("parent");
    scenario.apply(Input.NotStored.of(lost, 99));
    assertThat(scenario.status(failing)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(last)).isEqualTo(TaskStatus.PENDING);
    scenario.apply(new Input.OpenFailed(failing, Code.INVALID, "no such agent"));

    assertThat(scenario.reason(failing)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.status(last)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void what_one_leaves_free_that_could_not_be_recorded_goes_to_no_other_such() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId lost = scenario.launch("parent");
    TaskId alsoLost = scenario.launch("parent");
    scenario.apply(new Input.NotStored(List.of(new Refused(lost, 98), new Refused(alsoLost, 99))));

    assertThat(scenario.effects(Effect.OpenSession.class)).isEmpty();
    assertThat(scenario.answer(98)).isInstanceOf(Answer.NotRecorded.class);
    assertThat(scenario.answer(99)).isInstanceOf(Answer.NotRecorded.class);
    assertThat(scenario.engine.running()).isZero();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void a_task_that_could_not_be_recorded_keeps_no_sibling_from_being_told() {
    EngineScenario scenario = new EngineScenario();
    TaskId done = scenario.launch("parent");
    scenario.run(done);
    TaskId lost = scenario.launch("parent");
    scenario.finish(done, "42");
    scenario.arrive();
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.lastNotice().finished()).hasSize(1);
  }

  @Test
  void whoever_waits_for_a_task_that_could_not_be_recorded_is_answered() {
    EngineScenario scenario = new EngineScenario();
    TaskId lost = scenario.launch("parent");
    long waiting = scenario.await("parent", WaitMode.ALL);
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(((Answer.Shown) scenario.answer(waiting)).tasks()).isEmpty();
  }

  @Test
  void whoever_waits_for_one_of_several_that_could_not_be_recorded_is_shown_none_of_them() {
    EngineScenario scenario = new EngineScenario();
    TaskId lost = scenario.launch("parent");
    TaskId alsoLost = scenario.launch("parent");
    long waiting = scenario.await("parent", WaitMode.ALL, lost);
    long waitingForAny = scenario.await("parent", WaitMode.ANY, lost, alsoLost);
    scenario.apply(new Input.NotStored(List.of(new Refused(lost, 98), new Refused(alsoLost, 99))));

    assertThat(((Answer.Shown) scenario.answer(waiting)).tasks()).isEmpty();
    assertThat(((Answer.Shown) scenario.answer(waitingForAny)).tasks()).isEmpty();
  }

  @Test
  void a_session_that_is_created_for_a_task_which_is_gone_is_removed() {
    EngineScenario scenario = new EngineScenario();
    TaskId lost = scenario.launch("parent");
    scenario.apply(Input.NotStored.of(lost, 99));
    scenario.apply(new Input.SessionOpened(lost, "ses_late"));

    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession("ses_late"));
  }

  @Test
  void the_session_of_a_task_that_ended_well_or_was_stopped_in_the_host_may_launch() {
    for (Kind kind : List.of(Kind.FINISHED, Kind.STOPPED)) {
      EngineScenario scenario = new EngineScenario();
      TaskId task = scenario.launch("parent");
      String session = scenario.run(task);
      scenario.idle(session);
      scenario.finds(task, kind, "");
      scenario.arrive();
      assertThat(scenario.engine.size()).isZero();

      // Somebody goes on in it there.
      assertThat(scenario.answer(scenario.tryLaunch(session))).isInstanceOf(Answer.Launched.class);
    }
  }

  @Test
  void how_often_a_session_launches_is_not_limited_if_so_set() {
    EngineScenario scenario = new EngineScenario("max_launches_per_parent=0");

    assertThat(scenario.answer(scenario.tryLaunch("parent"))).isInstanceOf(Answer.Launched.class);
  }

  @Test
  void the_session_of_a_cancelled_task_launches_nothing_even_when_it_works_on() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.cancel("parent", task);
    assertThat(scenario.answer(scenario.tryLaunch(session))).isEqualTo(new Answer.CallerEnded());
    scenario.passSeconds(31);
    scenario.arrive();

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.answer(scenario.tryLaunch(session))).isEqualTo(new Answer.CallerEnded());
  }
}
