package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import org.junit.jupiter.api.Test;

/** What parents are still to be told when the process ends, the next tells. */
class RestartNoticeTest {

  private EngineScenario scenario = new EngineScenario();

  @Test
  void a_notice_that_was_under_way_is_looked_for_and_not_sent_again_if_it_has_arrived() {
    TaskId task = running("parent");
    scenario.finish(task, "42");
    Notice notice = scenario.lastNotice();
    scenario.restart();
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.ProbeNotice.class))
        .extracting(probe -> probe.notice().messageId())
        .containsExactly(notice.messageId());
    scenario.arrive(notice);

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.readable("parent", task)).isTrue();
  }

  @Test
  void a_notice_that_has_not_arrived_is_sent_as_it_was() {
    TaskId task = running("parent");
    scenario.finish(task, "42");
    Notice lost = scenario.lastNotice();
    scenario.restart();
    scenario.passSeconds(2);
    scenario.apply(new Input.NoticeMissing("parent", lost.messageId()));

    assertThat(scenario.lastNotice().messageId()).isNotEqualTo(lost.messageId());
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(task);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void what_was_told_without_waking_is_not_told_again_and_its_parent_is_woken_in_the_end() {
    TaskId first = running("parent");
    TaskId second = running("parent");
    scenario.finish(first, "42");
    scenario.arrive();
    scenario.restart();
    scenario.finds(second, Kind.FINISHED, "43");

    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(second);
    assertThat(scenario.lastNotice().finished())
        .extracting(Task::id)
        .containsExactly(first, second);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_notice_that_was_put_off_is_told_anew_and_its_parent_is_woken_in_the_end() {
    scenario = new EngineScenario("busy_parent_seconds=60");
    TaskId first = running("parent");
    TaskId second = running("parent");
    scenario.finish(first, "42");
    scenario.parentBusy(scenario.lastNotice());
    scenario.restart();
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(first);
    scenario.arrive();
    scenario.finds(second, Kind.FINISHED, "43");

    assertThat(scenario.lastNotice().finished())
        .extracting(Task::id)
        .containsExactly(first, second);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_notice_of_which_a_part_was_read_while_it_was_under_way_is_looked_for() {
    scenario = new EngineScenario("notice_delay_ms=1000");
    TaskId first = running("parent");
    TaskId second = running("parent");
    running("parent");
    scenario.finish(first, "42");
    scenario.finish(second, "43");
    scenario.passSeconds(1);
    Notice notice = scenario.lastNotice();
    scenario.output("parent", first.value());
    scenario.restart();
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.ProbeNotice.class))
        .extracting(probe -> probe.notice().messageId())
        .containsExactly(notice.messageId());
  }

  @Test
  void a_parent_that_had_no_slot_is_not_woken_while_another_works_in_its_place() {
    scenario = new EngineScenario("max_running_per_parent=1");
    TaskId upper = running("parent");
    String session = scenario.session(upper);
    TaskId below = running(session);
    scenario.finds(upper, Kind.FINISHED, "so far");
    TaskId other = running("parent");
    scenario.finish(below, "42");
    scenario.restart();
    scenario.findsBusy(other, Kind.WORKING);
    scenario.finds(upper, Kind.FINISHED, "so far");
    assertThat(scenario.notices()).isEmpty();
    scenario.finish(other, "43");

    assertThat(scenario.notices()).extracting(Notice::parent).contains(session);
  }

  @Test
  void what_ends_after_a_restart_is_told_behind_what_has_ended_before() {
    scenario = new EngineScenario("notice_delay_ms=60000");
    TaskId first = running("parent");
    TaskId second = running("parent");
    scenario.finish(first, "42");
    scenario.restart();
    scenario.finds(second, Kind.FINISHED, "43");

    assertThat(scenario.lastNotice().announced())
        .extracting(Task::id)
        .containsExactly(first, second);
  }

  @Test
  void what_a_session_has_left_that_had_ended_in_failure_is_told_to_nobody() {
    TaskId upper = running("parent");
    String session = scenario.session(upper);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.fails(session, "model broke");
    scenario.finds(upper, Kind.BROKEN, "");
    scenario.arrive();
    scenario.restart();
    assertThat(scenario.answer(scenario.tryLaunch(session))).isInstanceOf(Answer.CallerEnded.class);
    int notices = scenario.notices().size();
    scenario.passSeconds(3);
    scenario.stops(below);

    assertThat(scenario.notices()).hasSize(notices);
    assertThat(scenario.engine.size()).isZero();
  }

  private TaskId running(String parent) {
    TaskId task = scenario.launch(parent);
    scenario.run(task);
    return task;
  }
}
