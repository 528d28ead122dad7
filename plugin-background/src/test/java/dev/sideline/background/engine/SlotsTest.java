package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many tasks work at once, and whose turn it is. */
class SlotsTest {

  @ParameterizedTest
  @CsvSource({
    "max_running, ",
    "max_running_per_parent, ",
    "max_running_per_tree, ",
    "max_running_per_agent, agent",
    "max_running_per_model, acme/large",
    "max_running_per_provider, acme",
    "max_starting, "
  })
  void a_task_beyond_a_limit_waits_and_is_told_which_it_is(String setting, String of) {
    EngineScenario scenario = new EngineScenario(setting + "=2");
    TaskId first = launch(scenario);
    launch(scenario);
    TaskId third = launch(scenario);
    TaskId fourth = launch(scenario);

    assertThat(scenario.status(third)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.view("parent", third).limit()).isEqualTo(new Limit(setting, 2, of));
    assertThat(scenario.view("parent", third).queuePosition()).isEqualTo(1);
    assertThat(scenario.view("parent", fourth).queuePosition()).isEqualTo(2);
    assertThat(scenario.view("parent", first).queuePosition()).isZero();
    assertThat(scenario.view("parent", first).limit()).isNull();
    scenario.run(first);
    if (!setting.equals("max_starting")) {
      assertThat(scenario.status(third)).isEqualTo(TaskStatus.PENDING);
      scenario.finish(first, "done");
    }
    assertThat(scenario.status(third)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(fourth)).isEqualTo(TaskStatus.PENDING);
  }

  private static TaskId launch(EngineScenario scenario) {
    return scenario.launching("parent").model("acme/large").accepted();
  }

  @Test
  void a_limit_of_zero_is_none() {
    EngineScenario scenario =
        new EngineScenario(
            "max_running=0",
            "max_running_per_parent=0",
            "max_running_per_tree=0",
            "max_running_per_agent=*=1, agent=0",
            "max_running_per_model=0",
            "max_starting=1");
    for (int i = 0; i < 50; i++) {
      scenario.run(scenario.launch("parent"));
    }

    assertThat(scenario.engine.running()).isEqualTo(50);
  }

  @Test
  void all_limits_hold_at_the_same_time() {
    EngineScenario scenario =
        new EngineScenario(
            "max_running=6",
            "max_running_per_parent=4",
            "max_running_per_agent=explore=2",
            "max_running_per_provider=acme=3",
            "max_starting=100");
    List<TaskId> tasks = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      tasks.add(scenario.launching("a").agent("explore").model("acme/small").accepted());
      tasks.add(scenario.launching("a").agent("build").model("acme/small").accepted());
      tasks.add(scenario.launching("a").agent("build").model("other/small").accepted());
      tasks.add(scenario.launching("b").agent("explore").model("other/small").accepted());
    }

    List<Task> started =
        tasks.stream()
            .map(scenario::task)
            .filter(task -> task.status() == TaskStatus.STARTING)
            .toList();
    assertThat(started).hasSize(5);
    assertThat(started).filteredOn(task -> task.parent().equals("a")).hasSize(4);
    assertThat(started).filteredOn(task -> task.spec().agent().equals("explore")).hasSize(2);
    assertThat(started).filteredOn(task -> task.model().provider().equals("acme")).hasSize(3);
    TaskId sixth = scenario.launching("b").agent("build").accepted();
    TaskId seventh = scenario.launching("b").agent("build").accepted();
    assertThat(scenario.status(sixth)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.view("b", seventh).limit()).isEqualTo(new Limit("max_running", 6, null));
  }

  @Test
  void what_waits_for_one_limit_does_not_keep_its_siblings_waiting() {
    EngineScenario scenario = new EngineScenario("max_running_per_agent=explore=1");
    scenario.launching("parent").agent("explore").accepted();
    TaskId waits = scenario.launching("parent").agent("explore").accepted();
    TaskId other = scenario.launching("parent").agent("build").accepted();

    assertThat(scenario.status(waits)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_name_counts_as_one_however_it_is_spelt() {
    EngineScenario scenario =
        new EngineScenario("max_running_per_agent=Explore=1", "max_running_per_model=ACME/Large=2");
    scenario.launching("parent").agent("explore").accepted();
    TaskId waits = scenario.launching("parent").agent(" EXPLORE ").accepted();
    assertThat(scenario.view("parent", waits).limit())
        .isEqualTo(new Limit("max_running_per_agent", 1, "explore"));
    scenario.launching("parent").model("acme/large").accepted();
    scenario.launching("parent").model("Acme/LARGE").accepted();
    TaskId third = scenario.launching("parent").model("aCME/Large").accepted();

    assertThat(scenario.view("parent", third).limit())
        .isEqualTo(new Limit("max_running_per_model", 2, "acme/large"));
  }

  @Test
  void tasks_that_name_no_model_count_as_those_of_the_default() {
    EngineScenario scenario =
        new EngineScenario("max_running_per_model=default=1", "max_running_per_provider=default=9");
    scenario.launch("parent");
    TaskId waits = scenario.launch("other");
    TaskId named = scenario.launching("parent").model("acme/large").accepted();

    assertThat(scenario.view("other", waits).limit())
        .isEqualTo(new Limit("max_running_per_model", 1, "default"));
    assertThat(scenario.status(named)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_counts_under_the_model_that_is_set_for_its_agent() {
    EngineScenario scenario =
        new EngineScenario("models=explore=acme/large", "max_running_per_model=acme/large=1");
    scenario.launching("parent").agent("explore").accepted();
    TaskId waits = scenario.launching("parent").agent("explore").accepted();

    assertThat(scenario.status(waits)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void the_limit_of_a_tree_covers_the_tasks_of_tasks_and_no_other_tree() {
    EngineScenario scenario = new EngineScenario("max_running_per_tree=2");
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    scenario.launch(session);
    TaskId waits = scenario.launch(session);
    TaskId other = scenario.launch("other");

    assertThat(scenario.view("parent", waits).limit())
        .isEqualTo(new Limit("max_running_per_tree", 2, null));
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.STARTING);
    scenario.cancel("parent", upper);
    scenario.stops(upper);
    assertThat(scenario.status(waits)).isEqualTo(TaskStatus.CANCELLED);
  }

  @Test
  void the_next_of_a_limit_is_let_in_whatever_else_waits_for_another() {
    EngineScenario scenario = new EngineScenario("max_running_per_agent=a=1, b=1");
    TaskId a = scenario.launching("one").agent("a").accepted();
    TaskId b = scenario.launching("one").agent("b").accepted();
    TaskId nextA = scenario.launching("two").agent("a").accepted();
    TaskId nextB = scenario.launching("three").agent("b").accepted();
    scenario.run(a);
    scenario.run(b);
    scenario.finish(b, "done");
    assertThat(scenario.status(nextA)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.status(nextB)).isEqualTo(TaskStatus.STARTING);
    scenario.finish(a, "done");

    assertThat(scenario.status(nextA)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_limit_is_kept_for_as_long_as_anything_counts_under_it() {
    EngineScenario scenario = new EngineScenario("max_running_per_agent=1");
    TaskId first = scenario.launch("a");
    String session = scenario.run(first);
    scenario.asks(session, "req");
    TaskId second = scenario.launch("b");
    scenario.run(second);
    scenario.finish(second, "done");
    TaskId third = scenario.launch("c");
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));
    TaskId late = scenario.launch("d");

    assertThat(scenario.engine.running()).isEqualTo(2);
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.PENDING);
    scenario.run(third);
    scenario.finish(third, "done");
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.PENDING);
    scenario.finish(first, "done");
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_limit_that_is_reached_by_one_parent_stops_the_others_that_wait_for_it() {
    EngineScenario scenario = new EngineScenario("max_running=2", "max_running_per_agent=x=1");
    TaskId one = scenario.launch("z");
    TaskId two = scenario.launch("z");
    TaskId first = scenario.launching("a").agent("x").accepted();
    TaskId second = scenario.launching("b").agent("x").accepted();
    scenario.run(one);
    scenario.run(two);
    scenario.finish(one, "done");
    scenario.finish(two, "done");
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    scenario.run(first);
    scenario.finish(first, "done");

    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
  }

  // --- whose turn it is

  @Test
  void the_task_of_higher_priority_starts_first_and_among_equals_the_older() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId running = scenario.launch("parent");
    TaskId low = scenario.launching("parent").priority(-5).accepted();
    TaskId older = scenario.launch("parent");
    TaskId newer = scenario.launch("parent");
    TaskId high = scenario.launching("parent").priority(7).accepted();
    assertThat(scenario.view("parent", high).queuePosition()).isEqualTo(1);
    assertThat(scenario.view("parent", older).queuePosition()).isEqualTo(2);
    assertThat(scenario.view("parent", newer).queuePosition()).isEqualTo(3);
    assertThat(scenario.view("parent", low).queuePosition()).isEqualTo(4);

    assertThat(startedInTurn(scenario, 5)).containsExactly(running, high, older, newer, low);
  }

  @Test
  void a_task_of_low_priority_goes_after_three_that_have_gone_before_it() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId running = scenario.launch("parent");
    TaskId low = scenario.launching("parent").priority(-1).accepted();
    TaskId lower = scenario.launching("parent").priority(-2).accepted();
    for (int i = 0; i < 7; i++) {
      scenario.launch("parent");
    }

    List<TaskId> started = startedInTurn(scenario, 10);
    assertThat(started).startsWith(running);
    assertThat(started.indexOf(low)).isEqualTo(4);
    assertThat(started.indexOf(lower)).isEqualTo(8);
  }

  @Test
  void a_task_of_low_priority_is_not_forgotten_while_those_with_other_limits_go_in_between() {
    EngineScenario scenario = new EngineScenario("max_running=0", "max_running_per_agent=a=1, b=1");
    TaskId running = scenario.launching("parent").agent("a").accepted();
    TaskId other = scenario.launching("parent").agent("b").accepted();
    TaskId low = scenario.launching("parent").agent("a").priority(-1).accepted();
    for (int i = 0; i < 3; i++) {
      TaskId next = scenario.launching("parent").agent("a").accepted();
      TaskId nextOther = scenario.launching("parent").agent("b").accepted();
      end(scenario, running);
      end(scenario, other);
      running = next;
      other = nextOther;
    }
    scenario.launching("parent").agent("a").accepted();
    assertThat(scenario.status(low)).isEqualTo(TaskStatus.PENDING);
    end(scenario, running);

    assertThat(scenario.status(low)).isEqualTo(TaskStatus.STARTING);
  }

  private static void end(EngineScenario scenario, TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
    scenario.arrive();
  }

  @Test
  void priority_counts_also_between_tasks_with_different_limits() {
    EngineScenario scenario = new EngineScenario("max_running=1", "max_running_per_agent=9");
    scenario.launch("parent");
    scenario.launching("parent").agent("a").accepted();
    TaskId high = scenario.launching("parent").agent("b").priority(5).accepted();
    TaskId higher = scenario.launching("parent").agent("c").priority(6).accepted();

    assertThat(startedInTurn(scenario, 3)).endsWith(higher, high);
  }

  @Test
  void an_urgent_task_brings_its_parent_to_the_front_and_only_for_itself() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    scenario.launch("z");
    scenario.launch("first");
    scenario.launch("second");
    scenario.launching("second").priority(10).accepted();
    scenario.launch("third");

    assertThat(parents(scenario, startedInTurn(scenario, 5)))
        .containsExactly("z", "second", "first", "third", "second");
  }

  @Test
  void a_parent_whose_urgent_task_was_cancelled_is_not_at_the_front_any_more() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    scenario.launch("z");
    scenario.launch("first");
    scenario.launch("second");
    TaskId urgent = scenario.launching("second").priority(10).accepted();
    scenario.cancel("second", urgent);

    assertThat(parents(scenario, startedInTurn(scenario, 3)))
        .containsExactly("z", "first", "second");
  }

  @Test
  void positions_are_those_of_the_whole_queue_of_a_parent_and_follow_what_changes() {
    EngineScenario scenario = new EngineScenario("max_running=1", "max_running_per_agent=9");
    scenario.launch("parent");
    TaskId a = scenario.launching("parent").agent("a").accepted();
    TaskId b = scenario.launching("parent").agent("b").accepted();
    TaskId lastOfA = scenario.launching("parent").agent("a").accepted();
    scenario.launching("other").agent("a").accepted();
    assertThat(scenario.view("parent", b).queuePosition()).isEqualTo(2);
    assertThat(scenario.view("parent", lastOfA).queuePosition()).isEqualTo(3);
    scenario.cancel("parent", a);

    assertThat(scenario.view("parent", b).queuePosition()).isEqualTo(1);
    assertThat(scenario.view("parent", lastOfA).queuePosition()).isEqualTo(2);
  }

  @Test
  void parents_take_turns_and_none_starves() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    for (int i = 0; i < 20; i++) {
      scenario.launch("busy");
    }
    scenario.launch("second");
    scenario.launch("second");
    scenario.launch("third");

    assertThat(parents(scenario, startedInTurn(scenario, 7)))
        .containsExactly("busy", "busy", "second", "third", "busy", "second", "busy");
  }

  @Test
  void a_higher_priority_goes_before_other_parents_turns_but_for_every_fourth() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    scenario.launch("running");
    scenario.launch("patient");
    for (int i = 0; i < 10; i++) {
      scenario.launching("urgent").priority(10).accepted();
    }
    scenario.launch("second");

    assertThat(parents(scenario, startedInTurn(scenario, 10)))
        .containsExactly(
            "running", "urgent", "urgent", "patient", "urgent", "urgent", "urgent", "second",
            "urgent", "urgent");
  }

  @Test
  void nothing_starts_while_too_many_are_starting_though_there_are_slots() {
    EngineScenario scenario = new EngineScenario("max_starting=1");
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    TaskId third = scenario.launch("parent");
    String session = scenario.open(first);
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    // Seen at work before the answer to its prompt came: it has started.
    scenario.asks(session, "req");
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
    scenario.cancel("parent", second);

    assertThat(scenario.status(third)).isEqualTo(TaskStatus.STARTING);
  }

  // --- refusal

  @ParameterizedTest
  @CsvSource({
    "max_running, ",
    "max_running_per_parent, ",
    "max_running_per_tree, ",
    "max_running_per_agent, agent",
    "max_running_per_model, default",
    "max_running_per_provider, default"
  })
  void a_launch_that_cannot_start_is_refused_if_so_set_and_told_why(String setting, String of) {
    EngineScenario scenario = new EngineScenario(setting + "=1", "when_full=refuse");
    TaskId first = scenario.launch("parent");
    assertThat(scenario.answer(scenario.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit(setting, 1, of)));
    assertThat(scenario.engine.size()).isEqualTo(1);
    scenario.run(first);
    scenario.finish(first, "done");
    scenario.arrive();

    assertThat(scenario.engine.observes("other")).isFalse();
    scenario.launch("other");
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_refused_launch_leaves_nothing_behind() {
    EngineScenario scenario = new EngineScenario("max_running=1", "when_full=refuse");
    scenario.launch("parent");
    scenario.tryLaunch("other");

    assertThat(scenario.engine.observes("other")).isFalse();
  }

  @Test
  void a_launch_that_only_waits_for_others_to_come_up_is_not_refused() {
    EngineScenario scenario = new EngineScenario("max_starting=1", "when_full=refuse");
    scenario.launch("parent");
    TaskId second = scenario.launch("parent");

    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void a_launch_that_is_to_start_later_is_not_refused_for_what_runs_now() {
    EngineScenario scenario = new EngineScenario("max_running=1", "when_full=refuse");
    TaskId first = scenario.launch("parent");
    TaskId later = scenario.launching("parent").after(first).accepted();
    scenario.run(first);
    scenario.finish(first, "done");

    assertThat(scenario.status(later)).isEqualTo(TaskStatus.STARTING);
  }

  /** Lets each task that starts come to its end; tells in which order they have started. */
  private static List<TaskId> startedInTurn(EngineScenario scenario, int count) {
    List<TaskId> started = new ArrayList<>();
    while (started.size() < count) {
      List<Effect.OpenSession> opened = scenario.allEffects(Effect.OpenSession.class);
      TaskId next = opened.get(opened.size() - 1).task().id();
      assertThat(started).doesNotContain(next);
      started.add(next);
      scenario.run(next);
      scenario.finish(next, "done");
    }
    return started;
  }

  private static List<String> parents(EngineScenario scenario, List<TaskId> tasks) {
    return tasks.stream().map(task -> scenario.task(task).parent()).toList();
  }
}
