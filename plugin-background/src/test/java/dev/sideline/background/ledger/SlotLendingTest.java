package dev.sideline.background.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.ledger.Finding.Kind;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** Tasks that wait for tasks of their own must not hold the slots that those wait for. */
class SlotLendingTest {

  @Test
  void a_task_that_waits_for_its_own_lends_its_slot_to_one_of_them_at_a_time() {
    LedgerScenario scenario = new LedgerScenario("max_running=1");
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    TaskId first = scenario.launch(session);
    TaskId second = scenario.launch(session);
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.PENDING);

    scenario.finish(upper, "I have launched two");
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    scenario.run(first);
    scenario.finish(first, "done");
    scenario.run(second);

    assertThat(scenario.ledger.running()).isEqualTo(1);
  }

  @Test
  void a_lent_slot_is_taken_back_before_its_owner_is_woken() {
    LedgerScenario scenario = new LedgerScenario("max_running=1", "max_depth=3");
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    TaskId lower = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    String below = scenario.run(lower);
    TaskId lowest = scenario.launch(below);
    scenario.finish(lower, "and so have I");
    scenario.run(lowest);
    scenario.finish(lowest, "done");
    TaskId late = scenario.launch(below);

    assertThat(scenario.lastNotice().parent()).isEqualTo(below);
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.PENDING);
    scenario.arrive(scenario.lastNotice());
    scenario.finds(lower, Kind.FINISHED, "I have read it");
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_is_not_woken_while_something_below_it_still_works_in_its_slot() {
    LedgerScenario scenario = new LedgerScenario("max_running=1", "max_depth=3");
    TaskId upper = scenario.launch("parent");
    String session = scenario.run(upper);
    TaskId lower = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    String below = scenario.run(lower);
    TaskId lowest = scenario.launch(below);
    scenario.finish(lower, "and so have I");
    scenario.run(lowest);
    scenario.deleted(below);

    assertThat(scenario.status(lower)).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.status(lowest)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.notices()).isEmpty();
    scenario.apply(new Input.AbortEnded(lowest));
    scenario.finds(lowest, Kind.BROKEN, "");
    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void slots_that_were_lent_do_not_leak() {
    LedgerScenario scenario = new LedgerScenario("max_running=1");
    for (int i = 0; i < 3; i++) {
      TaskId upper = scenario.launch("parent");
      String session = scenario.run(upper);
      TaskId lower = scenario.launch(session);
      scenario.finish(upper, "waiting");
      scenario.run(lower);
      scenario.cancelAll("parent");
      scenario.apply(new Input.AbortEnded(upper));
      scenario.finds(upper, Kind.BROKEN, "");
      assertThat(scenario.ledger.running()).isEqualTo(1);
      scenario.apply(new Input.AbortEnded(lower));
      scenario.finds(lower, Kind.BROKEN, "");
      assertThat(scenario.ledger.running()).isZero();
    }
  }
}
