package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Sessions that a host creates itself under one that has tasks. */
class ChildAdoptionTest {

  private final EngineScenario scenario = new EngineScenario("max_running=1");
  private final TaskId launched = scenario.launch("parent");

  @Test
  void a_session_under_one_that_has_tasks_is_listed_and_counted_as_a_task_at_work() {
    TaskId adopted = scenario.adopt("parent", "ses_own");

    Task task = scenario.task(adopted);
    assertThat(task.status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(task.provenance().adopted()).isTrue();
    assertThat(task.spec().description()).isEqualTo("its own");
    assertThat(task.spec().directory()).isEqualTo("/dir");
    assertThat(task.parent()).isEqualTo("parent");
    assertThat(((Answer.Listed) scenario.list("parent")).total()).isEqualTo(2);
    assertThat(scenario.engine.running()).isEqualTo(2);
    assertThat(scenario.view("parent", adopted).task().session()).isEqualTo("ses_own");
  }

  @Test
  void an_adopted_task_is_looked_at_at_once_and_ends_like_any_other() {
    TaskId adopted = scenario.adopt("parent", "ses_own");
    Effect.Probe look = scenario.effects(Effect.Probe.class).get(0);
    assertThat(look.session()).isEqualTo("ses_own");
    assertThat(look.promptId()).isNull();
    scenario.findsBusy(adopted, Kind.WORKING);
    scenario.toolUse("ses_own", "call_1", "grep");
    assertThat(scenario.view("parent", adopted).task().progress().toolCalls()).isEqualTo(1);
    scenario.finish(adopted, "42");

    assertThat(scenario.reason(adopted)).isEqualTo(Reason.OK);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_parent_is_not_told_of_a_task_that_its_host_tells_it_of() {
    TaskId adopted = scenario.adopt("parent", "ses_own");
    scenario.finish(adopted, "42");
    scenario.run(launched);
    scenario.finish(launched, "43");

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(launched);
  }

  @Test
  void a_parent_is_told_in_the_way_that_its_host_has_named_last() {
    scenario.apply(
        new Input.ChildAppeared(
            new Session("ses_own", "parent", "its own", null, Map.of()), Reach.ANSWERED));
    scenario.run(launched);
    scenario.finish(launched, "43");
    assertThat(scenario.notices()).isEmpty();
    Answer told = scenario.answer(scenario.catchUp("parent"));

    assertThat(((Answer.CaughtUp) told).ended()).extracting(Task::id).containsExactly(launched);
  }

  @Test
  void an_adopted_task_can_be_cancelled() {
    TaskId adopted = scenario.adopt("parent", "ses_own");
    scenario.cancel("parent", adopted);
    assertThat(scenario.effects(Effect.Abort.class))
        .containsExactly(new Effect.Abort(adopted, "ses_own"));
    scenario.stops(adopted);

    assertThat(scenario.reason(adopted)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void no_limit_keeps_an_adopted_task_out_and_it_counts_for_what_is_launched_after_it() {
    EngineScenario limited =
        new EngineScenario(
            "max_running=2",
            "max_tasks=4",
            "max_tasks_per_parent=3",
            "max_launches_per_parent=2",
            "max_tree_tool_calls=2");
    TaskId first = limited.launch("parent");
    limited.run(first);
    TaskId adopted = limited.adopt("parent", "own_1");
    limited.adopt("parent", "own_2");
    assertThat(limited.engine.running()).isEqualTo(3);
    assertThat(limited.answer(limited.tryLaunch("parent")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks_per_parent", 3, null)));
    limited.finish(adopted, "42");
    limited.finish(first, "42");
    limited.adopt("parent", "own_3");
    limited.adopt("parent", "own_4");
    TaskId last = limited.adopt("parent", "own_5");

    assertThat(limited.engine.running()).isEqualTo(4);
    assertThat(limited.answer(limited.tryLaunch("other")))
        .isEqualTo(new Answer.LimitReached(new Limit("max_tasks", 4, null)));
    for (int i = 0; i < 3; i++) {
      limited.toolUse("own_" + (i + 2), "call_" + i, "read");
    }
    assertThat(limited.status(last)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_session_under_an_adopted_one_is_adopted_too() {
    scenario.adopt("parent", "ses_own");
    TaskId below = scenario.adopt("ses_own", "ses_below");

    assertThat(scenario.task(below).ancestors()).containsExactly("ses_own", "parent");
  }

  @Test
  void a_session_that_is_known_is_not_adopted_again() {
    String session = scenario.run(launched);
    appears("parent", session);
    scenario.adopt("parent", "ses_own");
    appears("parent", "ses_own");

    assertThat(scenario.engine.size()).isEqualTo(2);
  }

  @Test
  void a_session_under_one_without_tasks_is_nobodys() {
    appears("stranger", "ses_own");
    appears(null, "ses_own");

    assertThat(scenario.engine.size()).isEqualTo(1);
    assertThat(scenario.engine.observes("ses_own")).isFalse();
  }

  @Test
  void a_session_under_one_that_has_come_to_its_end_is_not_adopted() {
    scenario.run(launched);
    scenario.deleted("parent");
    appears("parent", "ses_own");

    assertThat(scenario.engine.size()).isEqualTo(1);
  }

  @Test
  void a_session_under_a_task_that_is_being_stopped_is_not_adopted() {
    String session = scenario.run(launched);
    scenario.cancel("parent", launched);
    appears(session, "ses_own");

    assertThat(scenario.engine.size()).isEqualTo(1);
  }

  private void appears(String parent, String session) {
    scenario.apply(
        new Input.ChildAppeared(
            new Session(session, parent, "its own", null, Map.of()), Reach.WOKEN));
  }
}
