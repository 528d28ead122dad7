package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading and waiting. */
class OutputTest {

  private final EngineScenario scenario = new EngineScenario("max_depth=3");
  private final TaskId first = scenario.launch("parent");
  private final TaskId second = scenario.launch("parent");

  @Test
  void a_task_answers_in_every_state_by_either_of_its_ids() {
    assertThat(shown(first.value()).tasks().get(0).task().status()).isEqualTo(TaskStatus.STARTING);
    String session = scenario.run(first);
    assertThat(shown(session).tasks().get(0).task().id()).isEqualTo(first);
    scenario.finish(first, "42");
    assertThat(shown(session).tasks().get(0).task().outcome().text()).isEqualTo("42");
    scenario.run(second);
    scenario.finish(second, "43");
    scenario.arrive();
    assertThat(scenario.engine.size()).isZero();
    assertThat(shown(session).tasks().get(0).task().outcome().text()).isEqualTo("42");
  }

  @Test
  void reading_takes_nothing_away() {
    scenario.run(first);
    scenario.finish(first, "42");

    assertThat(shown(first.value())).isEqualTo(shown(first.value()));
  }

  @Test
  void a_wait_for_any_ends_with_the_first_and_one_for_all_with_the_last() {
    scenario.run(first);
    scenario.run(second);
    long any = scenario.await("parent", WaitMode.ANY);
    long all = scenario.await("parent", WaitMode.ALL, first, second);
    scenario.finish(second, "x");
    assertThat(((Answer.Shown) scenario.answer(any)).waitedInVain()).isFalse();
    assertThat(scenario.answer(all)).isNull();
    scenario.finish(first, "y");

    assertThat(((Answer.Shown) scenario.answer(all)).tasks()).hasSize(2);
  }

  @Test
  void a_wait_ends_at_its_timeout_and_says_so() {
    long call = scenario.await("parent", WaitMode.ALL);
    scenario.passSeconds(59);
    assertThat(scenario.answer(call)).isNull();
    scenario.passSeconds(2);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
  }

  @Test
  void whoever_waited_is_shown_how_a_task_ended_even_if_it_was_dropped_in_the_same_step() {
    EngineScenario full = new EngineScenario("max_running=1");
    TaskId running = full.launch("parent");
    TaskId pending = full.launch("parent");
    TaskId another = full.launch("parent");
    full.run(running);
    long call = full.await("parent", WaitMode.ALL, pending, another);
    full.deleted("parent");

    assertThat(((Answer.Shown) full.answer(call)).tasks())
        .extracting(view -> view.task().status())
        .containsExactly(TaskStatus.CANCELLED, TaskStatus.CANCELLED);
  }

  @Test
  void a_wait_that_was_given_up_is_not_answered_and_leaves_nothing_behind() {
    long call = scenario.await("parent", WaitMode.ALL);
    scenario.apply(new Input.CallAbandoned(call));
    scenario.passSeconds(61);

    assertThat(scenario.answer(call)).isNull();
  }

  @Test
  void a_foreign_task_is_as_unknown_as_one_that_never_was() {
    String session = scenario.run(first);

    assertThat(scenario.output("other", first.value()))
        .isEqualTo(new Answer.UnknownTask(first.value(), List.of()));
    assertThat(scenario.output("other", session))
        .isEqualTo(new Answer.UnknownTask(session, List.of()));
    assertThat(scenario.output("other", "bg_never"))
        .isEqualTo(new Answer.UnknownTask("bg_never", List.of()));
    assertThat(scenario.output(session, second.value())).isInstanceOf(Answer.UnknownTask.class);
  }

  @Test
  void the_tasks_of_tasks_are_readable_from_above_and_not_from_below() {
    String session = scenario.run(first);
    TaskId below = scenario.launch(session);
    String lower = scenario.run(below);

    assertThat(scenario.readable("parent", below)).isTrue();
    assertThat(scenario.readable(session, below)).isTrue();
    assertThat(scenario.readable(lower, below)).isFalse();
    assertThat(scenario.readable(session, first)).isFalse();
  }

  @Test
  void an_unknown_id_is_answered_with_those_that_exist() {
    Answer answer = scenario.output("parent", "bg_never");

    assertThat(((Answer.UnknownTask) answer).known())
        .containsExactlyInAnyOrder(first.value(), second.value());
  }

  @Test
  void what_has_outlived_its_lifetime_is_neither_listed_nor_suggested_nor_shown() {
    EngineScenario shortLived = new EngineScenario("retained_lifetime_seconds=60");
    TaskId task = shortLived.launch("parent");
    shortLived.run(task);
    shortLived.finish(task, "42");
    shortLived.arrive();
    shortLived.passSeconds(59);
    assertThat(shortLived.readable("parent", task)).isTrue();
    shortLived.passSeconds(2);

    assertThat(shortLived.output("parent", task.value()))
        .isEqualTo(new Answer.UnknownTask(task.value(), List.of()));
    assertThat(((Answer.Listed) shortLived.list("parent")).tasks()).isEmpty();
    assertThat(shortLived.store.load().toCompletableFuture().join().tasks()).isEmpty();
  }

  @Test
  void a_task_that_had_to_wait_for_its_sibling_is_readable_for_its_whole_lifetime_after_that() {
    EngineScenario shortLived = new EngineScenario("retained_lifetime_seconds=10");
    TaskId early = shortLived.launch("parent");
    TaskId late = shortLived.launch("parent");
    shortLived.run(early);
    shortLived.run(late);
    shortLived.finish(early, "42");
    shortLived.arrive();
    shortLived.passSeconds(14);
    shortLived.finish(late, "43");
    shortLived.arrive();

    assertThat(shortLived.readable("parent", early)).isTrue();
  }

  @Test
  void what_has_to_go_for_others_is_forgotten_with_all_that_was_recorded_of_it() {
    EngineScenario small = new EngineScenario("retained_max_count=1");
    TaskId early = small.launching("parent").key("key").accepted();
    TaskId late = small.launch("parent");
    small.run(early);
    small.run(late);
    small.finish(late, "x");
    small.finish(early, "y");
    small.arrive();

    // The one that ended first goes first.
    assertThat(small.store.load().toCompletableFuture().join().tasks())
        .extracting(stored -> stored.task().id())
        .containsExactly(early);
    assertThat(small.readable("parent", late)).isFalse();
    assertThat(small.launching("parent").key("key").launched().existing()).isTrue();
  }

  @Test
  void nothing_is_left_when_everything_is_over() {
    scenario.await("parent", WaitMode.ALL);
    scenario.run(first);
    scenario.run(second);
    scenario.finish(first, "x");
    scenario.finish(second, "y");
    scenario.arrive();
    scenario.passSeconds(60);
    scenario.clear("parent");

    assertThat(scenario.engine.size()).isZero();
    assertThat(scenario.engine.nextDue()).isEqualTo(Long.MAX_VALUE);
    assertThat(scenario.engine.observes("parent")).isFalse();
    assertThat(scenario.store.load().toCompletableFuture().join().tasks()).isEmpty();
  }

  @Test
  void what_is_not_told_yet_is_kept_when_the_rest_is_forgotten() {
    TaskId third = scenario.launch("parent");
    scenario.run(first);
    scenario.run(second);
    scenario.run(third);
    scenario.finish(first, "x");
    assertThat(scenario.clear("parent")).isEqualTo(new Answer.Cleared(0, 1));
    scenario.finish(second, "y");
    scenario.finish(third, "z");
    scenario.arrive();
    assertThat(scenario.clear("parent")).isEqualTo(new Answer.Cleared(3, 0));

    assertThat(((Answer.Listed) scenario.list("parent")).total()).isZero();
  }

  @Test
  void a_list_shows_the_newest_of_those_that_are_asked_for_and_how_many_there_are() {
    scenario.run(first);
    TaskId third = scenario.launch("parent");
    scenario.run(third);
    scenario.apply(new Input.ListTasks(901, "parent", TaskStatus.RUNNING, 1));

    Answer.Listed listed = (Answer.Listed) scenario.answer(901);
    assertThat(listed.total()).isEqualTo(2);
    assertThat(listed.tasks()).extracting(view -> view.task().id()).containsExactly(third);
  }

  @Test
  void who_asks_for_nothing_in_particular_is_shown_what_lives_or_else_what_ended_last() {
    scenario.run(first);
    scenario.run(second);
    scenario.finish(first, "x");
    assertThat(shownIds()).containsExactly(second);
    scenario.finish(second, "y");
    scenario.arrive();

    assertThat(shownIds()).containsExactlyInAnyOrder(first, second);
  }

  private List<TaskId> shownIds() {
    return ((Answer.Shown) scenario.output("parent"))
        .tasks().stream().map(view -> view.task().id()).toList();
  }

  @Test
  void a_wait_for_any_of_which_one_has_ended_is_over() {
    scenario.run(first);
    scenario.finish(first, "x");
    long call = scenario.await("parent", WaitMode.ANY, first, second);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isFalse();
  }

  @Test
  void a_wait_for_all_goes_on_when_one_of_them_is_archived() {
    scenario.run(first);
    scenario.finish(first, "x");
    scenario.arrive();
    scenario.run(second);
    scenario.clearNotices("parent");
    long call = scenario.await("parent", WaitMode.ALL, first, second);
    assertThat(scenario.answer(call)).isNull();
    scenario.finish(second, "y");

    assertThat(((Answer.Shown) scenario.answer(call)).tasks()).hasSize(2);
  }

  @Test
  void a_wait_for_all_of_which_one_has_ended_is_in_vain_when_its_time_is_over() {
    scenario.run(first);
    scenario.run(second);
    long call = scenario.await("parent", WaitMode.ALL, first, second);
    scenario.finish(first, "x");
    assertThat(scenario.answer(call)).isNull();
    scenario.passSeconds(60);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
  }

  private Answer.Shown shown(String ref) {
    return (Answer.Shown) scenario.output("parent", ref);
  }
}
