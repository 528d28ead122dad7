package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Parents that can be told in the answers to their calls and not otherwise, or not be woken. */
class AnsweredParentTest {

  private final EngineScenario scenario = new EngineScenario();

  @BeforeEach
  void cannotBeToldOtherwise() {
    scenario.reach(Reach.ANSWERED);
  }

  @Test
  void it_is_sent_nothing_and_told_once_in_an_answer() {
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    end(first);
    assertThat(told()).containsExactly(first);
    assertThat(told()).isEmpty();
    end(second);
    scenario.passSeconds(3_600);

    assertThat(told()).containsExactly(second);
    assertThat(told()).isEmpty();
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void an_answer_says_how_many_are_still_at_work() {
    TaskId first = scenario.launch("parent");
    scenario.launch("parent");
    end(first);

    assertThat(caughtUp(scenario.catchUp("parent")).stillRunning()).isEqualTo(1);
  }

  @Test
  void what_an_answer_that_nobody_took_has_told_is_told_by_the_next() {
    TaskId first = scenario.launch("parent");
    end(first);
    scenario.confirmLater();
    assertThat(told()).containsExactly(first);
    assertThat(scenario.engine.size()).isEqualTo(1);
    scenario.confirm(false);

    assertThat(told()).containsExactly(first);
    scenario.confirm(true);
    assertThat(told()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void of_two_answers_at_once_one_tells_it() {
    TaskId first = scenario.launch("parent");
    end(first);
    scenario.confirmLater();

    assertThat(told()).containsExactly(first);
    assertThat(told()).isEmpty();
    scenario.confirm(true);
    assertThat(told()).isEmpty();
  }

  @Test
  void what_an_answer_shows_is_not_told_beside_it() {
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    end(first);
    end(second);
    scenario.confirmLater();
    scenario.output("parent", first.value());
    assertThat(told()).containsExactly(second);
    scenario.confirm(true);

    assertThat(told()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void what_an_answer_showed_that_nobody_took_is_told() {
    TaskId first = scenario.launch("parent");
    end(first);
    scenario.confirmLater();
    scenario.output("parent", first.value());
    scenario.confirm(false);

    assertThat(told()).containsExactly(first);
  }

  @Test
  void a_task_that_asks_is_told_once_and_its_end_again() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.asks(session, "per_1");
    Answer.CaughtUp asking = caughtUp(scenario.catchUp("parent"));
    assertThat(asking.attention()).extracting(Task::id).containsExactly(task);
    assertThat(caughtUp(scenario.catchUp("parent")).isEmpty()).isTrue();
    scenario.cancelAsOperator(task, null);
    scenario.stops(task);

    assertThat(told()).containsExactly(task);
  }

  @Test
  void what_was_on_its_way_in_an_answer_when_the_process_ended_is_told_by_the_next() {
    TaskId ended = scenario.launch("parent");
    TaskId asking = scenario.launch("parent");
    end(ended);
    scenario.asks(scenario.run(asking), "per_1");
    scenario.confirmLater();
    scenario.catchUp("parent");
    scenario.restart();
    Answer.CaughtUp again = caughtUp(scenario.catchUp("parent"));
    assertThat(again.ended()).extracting(Task::id).containsExactly(ended);
    assertThat(again.attention()).extracting(Task::id).containsExactly(asking);
    scenario.confirm(true);
    scenario.restart();

    assertThat(caughtUp(scenario.catchUp("parent"))).isEqualTo(Answer.CaughtUp.NOTHING);
  }

  @Test
  void tasks_that_are_announced_together_are_told_when_the_last_has_ended() {
    LaunchOptions together =
        new LaunchOptions(0, Notify.ALL, 0, 0, LaunchOptions.NONE.budget(), null, null);
    TaskId first = scenario.launch("parent", together);
    TaskId second = scenario.launch("parent", together);
    end(first);
    assertThat(told()).isEmpty();
    end(second);

    assertThat(told()).containsExactly(first, second);
  }

  @Test
  void what_it_does_not_want_to_know_is_not_told() {
    TaskId silent =
        scenario.launch(
            "parent",
            new LaunchOptions(0, Notify.SILENT, 0, 0, LaunchOptions.NONE.budget(), null, null));
    TaskId dropped = scenario.launch("parent");
    end(silent);
    end(dropped);
    scenario.clearNotices("parent");

    assertThat(told()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void others_are_told_nothing_in_answers() {
    scenario.reach(Reach.WOKEN);
    TaskId task = scenario.launch("parent");
    end(task);

    assertThat(told()).isEmpty();
    assertThat(caughtUp(scenario.catchUp("stranger")).isEmpty()).isTrue();
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void the_host_is_told_that_it_knows() {
    TaskId task = scenario.launch("parent");
    end(task);
    told();

    assertThat(scenario.published(PluginEvent.NoticeSent.class))
        .containsExactly(new PluginEvent.NoticeSent("parent", null, List.of(task.value()), false));
  }

  @Test
  void a_parent_that_reads_when_it_is_set_to_work_is_sent_a_message_and_not_woken() {
    scenario.reach(Reach.READ);
    TaskId task = scenario.launch("parent");
    end(task);

    assertThat(scenario.lastNotice().wake()).isFalse();
    assertThat(scenario.lastNotice().stillRunning()).isZero();
    scenario.arrive();
    assertThat(scenario.engine.size()).isZero();
  }

  private List<TaskId> told() {
    return caughtUp(scenario.catchUp("parent")).ended().stream().map(Task::id).toList();
  }

  private Answer.CaughtUp caughtUp(long call) {
    return (Answer.CaughtUp) scenario.answer(call);
  }

  private void end(TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
  }
}
