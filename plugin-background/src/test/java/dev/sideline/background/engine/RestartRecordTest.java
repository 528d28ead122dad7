package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What sessions have used, and what is finished, is known to the next process too. */
class RestartRecordTest {

  private EngineScenario scenario = new EngineScenario();

  // --- what sessions have used and done

  @Test
  void what_a_session_has_launched_counts_against_its_limit() {
    scenario = new EngineScenario("max_launches_per_parent=2");
    scenario.launch("parent");
    scenario.restart();
    scenario.launch("parent");

    assertThat(scenario.answer(scenario.tryLaunch("parent")))
        .isInstanceOf(Answer.LimitReached.class);
  }

  @Test
  void a_launch_that_was_refused_counts_for_nothing() {
    scenario = new EngineScenario("max_launches_per_parent=1");
    TaskId refused = scenario.launch("parent");
    scenario.apply(new Input.NotStored(List.of(new Input.NotStored.Refused(refused, 99))));
    scenario.restart();

    assertThat(scenario.launch("parent")).isNotEqualTo(refused);
  }

  @Test
  void a_session_that_was_woken_too_often_in_a_row_is_told_without_being_woken() {
    scenario = new EngineScenario("max_wakes=1");
    TaskId first = running("parent");
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.restart();
    TaskId second = running("parent");
    scenario.finish(second, "43");

    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void a_message_of_ours_that_the_host_tells_of_again_is_not_taken_for_a_persons() {
    scenario = new EngineScenario("max_wakes=1");
    TaskId first = running("parent");
    scenario.finish(first, "42");
    String notice = scenario.lastNotice().messageId();
    scenario.arrive();
    TaskId second = running("parent");
    scenario.restart();
    scenario.writes("parent", notice);
    scenario.finds(second, Kind.FINISHED, "43");

    assertThat(scenario.lastNotice().wake()).isFalse();
  }

  @Test
  void what_the_ended_tasks_of_a_tree_have_used_counts_against_its_budget() {
    scenario = new EngineScenario("max_tree_tokens=100");
    TaskId first = running("parent");
    scenario.used(scenario.session(first), "msg_a", 90, 0);
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.restart();
    TaskId second = running("parent");
    scenario.used(scenario.session(second), "msg_b", 20, 0);

    assertThat(scenario.status(second)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void what_a_task_has_used_counts_against_its_budget_and_once() {
    TaskId task = scenario.launching("parent").budget(0, 100, 0).accepted();
    String session = scenario.run(task);
    scenario.toolUse(session, "call_1", "grep");
    scenario.used(session, "msg_a", 90, 0);
    scenario.restart();
    scenario.used(session, "msg_a", 90, 0);
    scenario.toolUse(session, "call_1", "grep");
    assertThat(scenario.view("parent", task).task().progress().toolCalls()).isEqualTo(1);
    assertThat(scenario.view("parent", task).task().progress().usage().tokens()).isEqualTo(90);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.used(session, "msg_b", 20, 0);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void what_live_tasks_have_used_counts_against_the_budget_of_their_tree() {
    scenario = new EngineScenario("max_tree_tokens=100");
    TaskId first = running("parent");
    TaskId second = running("parent");
    scenario.used(scenario.session(first), "msg_a", 60, 0);
    scenario.restart();
    scenario.used(scenario.session(second), "msg_b", 60, 0);

    assertThat(scenario.status(first)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void calls_that_go_round_in_a_circle_are_counted_on() {
    scenario = new EngineScenario("loop_calls=4");
    TaskId task = running("parent");
    String session = scenario.session(task);
    for (int i = 0; i < 3; i++) {
      scenario.toolCall(session, "call_" + i, "grep", "the same");
    }
    scenario.used(session, "msg_a", 10, 0);
    scenario.restart();
    scenario.toolCall(session, "call_9", "grep", "the same");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_session_that_can_be_told_in_answers_alone_is_sent_no_notice() {
    scenario.reach(Reach.ANSWERED);
    TaskId task = running("parent");
    scenario.restart();
    scenario.finds(task, Kind.FINISHED, "42");
    assertThat(scenario.notices()).isEmpty();
    long call = scenario.catchUp("parent");

    assertThat(((Answer.CaughtUp) scenario.answer(call)).ended())
        .extracting(Task::id)
        .containsExactly(task);
  }

  // --- what is kept

  @Test
  void finished_tasks_stay_readable_and_can_be_gone_on_with() {
    TaskId task = running("parent");
    scenario.finish(task, "42");
    scenario.arrive();
    scenario.restart();
    assertThat(scenario.readable("parent", task)).isTrue();
    TaskId next = scenario.launching("parent").resumes(task).accepted();

    assertThat(scenario.session(next)).isEqualTo(scenario.session(task));
  }

  @Test
  void a_launch_that_is_made_again_under_its_key_is_known() {
    TaskId task = scenario.launching("parent").key("once").accepted();
    scenario.restart();

    Answer.Launched again = scenario.launching("parent").key("once").launched();
    assertThat(again.existing()).isTrue();
    assertThat(again.task().task().id()).isEqualTo(task);
  }

  @Test
  void tasks_are_numbered_behind_those_that_there_are() {
    TaskId first = scenario.launch("parent");
    scenario.restart();
    TaskId second = scenario.launch("parent");

    assertThat(scenario.task(second).number()).isGreaterThan(scenario.task(first).number());
  }

  @Test
  void tasks_are_numbered_behind_those_that_are_finished() {
    TaskId first = running("parent");
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.restart();
    TaskId second = scenario.launch("parent");

    assertThat(scenario.task(second).number()).isGreaterThan(scenario.task(first).number());
  }

  @Test
  void an_operator_sees_when_a_task_has_ended_whose_parent_is_still_to_be_told() {
    TaskId first = running("parent");
    running("parent");
    scenario.finish(first, "42");
    scenario.passSeconds(30);
    scenario.restart();

    Answer.OperatorView view = scenario.see(first).get(0);
    assertThat(view.changedMillis()).isEqualTo(view.task().settledMillis());
  }

  @Test
  void a_second_restart_changes_nothing_more() {
    TaskId first = running("parent");
    TaskId second = running("parent");
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.restart();
    long written = scenario.writtenChars();
    scenario.restart();

    assertThat(scenario.writtenChars()).isEqualTo(written);
    assertThat(probed()).containsExactly(second);
    assertThat(scenario.effects(Effect.SendNotice.class)).isEmpty();
  }

  private TaskId running(String parent) {
    TaskId task = scenario.launch(parent);
    scenario.run(task);
    return task;
  }

  private List<TaskId> probed() {
    return scenario.effects(Effect.Probe.class).stream().map(Effect.Probe::task).toList();
  }
}
