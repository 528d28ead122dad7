package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What parents want to be told, and what they need not be told any more. */
class NotifyTest {

  private final EngineScenario scenario = new EngineScenario();

  // --- each, all, silent

  @Test
  void of_tasks_that_are_told_all_together_nothing_is_told_before_the_last_has_ended() {
    TaskId first = launch(Notify.ALL);
    TaskId second = launch(Notify.ALL);
    end(second);
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.view("parent", first).noticePending()).isFalse();
    end(first);

    assertThat(scenario.notices()).hasSize(1);
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(second, first);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void tasks_that_are_told_at_the_end_are_told_with_those_that_ended_then_in_their_order() {
    TaskId all = launch(Notify.ALL);
    TaskId each = launch(Notify.EACH);
    TaskId last = launch(Notify.EACH);
    end(all);
    end(each);
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(each);
    scenario.arrive();
    end(last);

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(all, last);
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(all, each, last);
  }

  @Test
  void tasks_that_are_told_at_the_end_still_are_when_that_was_put_off_and_another_was_launched() {
    TaskId all = launch(Notify.ALL);
    end(all);
    scenario.parentBusy(scenario.lastNotice());
    TaskId later = launch(Notify.EACH);
    scenario.event(new SessionEvent.Idle("parent"));
    assertThat(scenario.notices()).hasSize(1);
    end(later);

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(all, later);
  }

  @Test
  void of_a_silent_task_nothing_is_told_and_it_is_readable() {
    TaskId silent = launch(Notify.SILENT);
    end(silent);

    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.readable("parent", silent)).isTrue();
  }

  @Test
  void a_silent_task_that_ends_last_has_its_parent_woken_for_the_others() {
    TaskId each = launch(Notify.EACH);
    TaskId silent = launch(Notify.SILENT);
    end(each);
    scenario.arrive();
    end(silent);

    assertThat(scenario.lastNotice().announced()).isEmpty();
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(each, silent);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  // --- read instead

  @Test
  void what_a_parent_has_waited_for_and_read_it_is_not_told() {
    TaskId task = launch(Notify.EACH);
    scenario.run(task);
    scenario.await("parent", WaitMode.ALL, task);
    scenario.finish(task, "42");

    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void what_a_parent_was_about_to_read_and_did_not_take_it_is_told() {
    scenario.confirmLater();
    TaskId task = launch(Notify.EACH);
    scenario.run(task);
    scenario.await("parent", WaitMode.ALL, task);
    scenario.finish(task, "42");
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.view("parent", task).noticePending()).isTrue();
    scenario.confirm(false);

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(task);
  }

  @Test
  void what_somebody_above_reads_its_parent_is_told_all_the_same() {
    TaskId upper = launch(Notify.EACH);
    String session = scenario.run(upper);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.await("parent", WaitMode.ALL, below);
    scenario.finish(below, "42");

    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
  }

  @Test
  void reading_a_task_that_runs_keeps_nothing_back() {
    scenario.confirmLater();
    TaskId task = launch(Notify.EACH);
    scenario.run(task);
    scenario.output("parent", task.value());
    scenario.finish(task, "42");

    assertThat(scenario.notices()).hasSize(1);
  }

  // --- dropped

  @Test
  void notices_that_are_owed_are_dropped_for_one_task_or_for_all() {
    scenario.confirmLater();
    scenario.run(launch(Notify.EACH));
    TaskId under = launch(Notify.EACH);
    TaskId first = launch(Notify.EACH);
    TaskId second = launch(Notify.EACH);
    TaskId third = launch(Notify.ALL);
    end(under);
    end(first);
    end(second);
    end(third);
    assertThat(scenario.view("parent", first).noticePending()).isTrue();
    assertThat(scenario.view("parent", third).noticePending()).isTrue();
    assertThat(cleared(scenario.clearNotices("parent", first))).containsExactly(first);
    assertThat(scenario.view("parent", first).noticePending()).isFalse();
    assertThat(cleared(scenario.clearNotices("parent"))).containsExactly(second, third);
    scenario.confirm(false);
    scenario.arrive();

    assertThat(scenario.notices()).hasSize(1);
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(under);
  }

  @Test
  void a_session_drops_its_own_notices_and_nobody_elses() {
    TaskId mine = launch(Notify.EACH);
    end(mine);
    scenario.parentBusy(scenario.lastNotice());
    assertThat(cleared(scenario.clearNotices("other"))).isEmpty();
    assertThat(scenario.clearNotices("other", mine))
        .isEqualTo(new Answer.UnknownTask(mine.value(), List.of()));
    assertThat(cleared(scenario.clearNotices("parent"))).containsExactly(mine);

    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.readable("parent", mine)).isTrue();
  }

  // --- what needs a parent

  @Test
  void a_parent_is_not_told_of_a_request_that_was_answered_meanwhile() {
    TaskId task = launch(Notify.EACH);
    String session = scenario.run(task);
    scenario.asks(session, "req");
    scenario.parentBusy(scenario.lastNotice());
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.status(task)).hasToString("RUNNING");
  }

  @Test
  void a_request_of_which_a_busy_parent_was_not_told_is_told_when_it_has_finished() {
    TaskId task = launch(Notify.EACH);
    String session = scenario.run(task);
    scenario.asks(session, "req");
    scenario.parentBusy(scenario.lastNotice());
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(ids(scenario.lastNotice().attention())).containsExactly(task);
    assertThat(scenario.notices()).hasSize(2);
  }

  @Test
  void what_ends_and_what_asks_is_told_together_and_wakes() {
    TaskId ended = launch(Notify.EACH);
    TaskId asking = launch(Notify.EACH);
    String session = scenario.run(asking);
    end(ended);
    scenario.parentBusy(scenario.lastNotice());
    scenario.asks(session, "req");
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(ended);
    assertThat(ids(scenario.lastNotice().attention())).containsExactly(asking);
    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.lastNotice().stillRunning()).isEqualTo(1);
  }

  @Test
  void a_request_is_dropped_like_any_other_notice() {
    TaskId task = launch(Notify.EACH);
    scenario.asks(scenario.run(task), "req");
    scenario.parentBusy(scenario.lastNotice());
    assertThat(cleared(scenario.clearNotices("parent", task))).containsExactly(task);
    scenario.event(new SessionEvent.Idle("parent"));

    assertThat(scenario.notices()).hasSize(1);
  }

  private TaskId launch(Notify how) {
    return scenario.launching("parent").notify(how).accepted();
  }

  private void end(TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
  }

  private static List<TaskId> cleared(Answer answer) {
    return ((Answer.NoticesCleared) answer).tasks().stream().map(view -> view.task().id()).toList();
  }

  private static List<TaskId> ids(List<Task> tasks) {
    return tasks.stream().map(Task::id).toList();
  }
}
