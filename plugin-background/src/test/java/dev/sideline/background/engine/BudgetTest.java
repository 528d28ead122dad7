package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What tasks and trees may use. */
class BudgetTest {

  private final EngineScenario scenario = new EngineScenario();

  @Test
  void what_is_used_up_to_the_last_is_not_exceeded() {
    Budget budget = new Budget(3, 100, 0.5);

    assertThat(budget.exceededBy(new Spending(3, 100, 0.5))).isNull();
    assertThat(budget.exceededBy(new Spending(4, 100, 0.5)))
        .isEqualTo("4 tool calls were made; 3 are allowed");
    assertThat(budget.exceededBy(new Spending(3, 101, 0.5)))
        .isEqualTo("101 tokens were used; 100 are allowed");
    assertThat(budget.exceededBy(new Spending(3, 100, 0.75)))
        .isEqualTo("$0.75 were spent; $0.5 are allowed");
    assertThat(Budget.UNLIMITED.exceededBy(new Spending(9_999, 9_999, 9_999))).isNull();
  }

  @Test
  void a_task_that_calls_too_many_tools_is_stopped_with_what_it_has() {
    TaskId task = scenario.launching("parent").budget(2, 0, 0).accepted();
    String session = scenario.run(task);
    scenario.toolUse(session, "call_1", "grep");
    scenario.toolUse(session, "call_1", "grep");
    scenario.toolUse(session, "call_2", "read");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.toolUse(session, "call_3", "read");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.BUDGET_EXCEEDED);
    assertThat(scenario.outcome(task).detail()).isEqualTo("3 tool calls were made; 2 are allowed");
    assertThat(scenario.outcome(task).text()).isEqualTo("half");
    assertThat(scenario.lastNotice().announced()).hasSize(1);
  }

  @Test
  void a_task_that_uses_too_many_tokens_is_stopped() {
    TaskId task = scenario.launching("parent").budget(0, 100, 0).accepted();
    String session = scenario.run(task);
    scenario.used(session, "msg_1", 60, 0);
    scenario.used(session, "msg_1", 60, 0);
    scenario.used(session, "msg_2", 40, 0);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.used(session, "msg_2", 41, 0);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.BUDGET_EXCEEDED);
    assertThat(scenario.outcome(task).detail()).isEqualTo("101 tokens were used; 100 are allowed");
    assertThat(scenario.task(task).progress().usage().tokens()).isEqualTo(101);
  }

  @Test
  void a_count_that_is_too_large_for_its_type_lets_no_task_go_on() {
    TaskId task = scenario.launching("parent").budget(0, 100, 0).accepted();
    String session = scenario.run(task);
    Usage usage = new Usage(Long.MAX_VALUE, 1_000, 0, 0, 0, Double.MAX_VALUE);
    scenario.used(session, "msg_1", usage);
    scenario.used(session, "msg_2", usage);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.BUDGET_EXCEEDED);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("9223372036854775807 tokens were used; 100 are allowed");
  }

  @Test
  void a_task_that_costs_too_much_is_stopped() {
    TaskId task = scenario.launching("parent").budget(0, 0, 0.5).accepted();
    String session = scenario.run(task);
    scenario.used(session, "msg_1", 1_000_000, 0.5);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.used(session, "msg_2", 1, 0.25);
    scenario.stops(task);

    assertThat(scenario.outcome(task).detail()).isEqualTo("$0.75 were spent; $0.5 are allowed");
  }

  @Test
  void a_task_of_which_no_event_told_is_stopped_for_what_a_look_shows() {
    TaskId task = scenario.launching("parent").budget(0, 100, 0).accepted();
    scenario.idle(scenario.run(task));
    scenario.finds(
        task,
        new ProbeResult(
            Kind.WORKING,
            true,
            "",
            0,
            null,
            false,
            null,
            0,
            List.of(new ToolUse("call_1", "grep", ToolUse.State.COMPLETED)),
            Map.of("msg_1", new Usage(101, 0, 0, 0, 0, 0))));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.view("parent", task).task().progress().toolCalls()).isEqualTo(1);
  }

  @Test
  void a_task_that_waits_for_an_answer_is_stopped_all_the_same() {
    TaskId task = scenario.launching("parent").budget(0, 100, 0).accepted();
    String session = scenario.run(task);
    scenario.asks(session, "req");
    scenario.used(session, "msg_1", 101, 0);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_tree_that_has_used_up_its_budget_is_stopped_and_launches_nothing_more() {
    EngineScenario limited = new EngineScenario("max_tree_tokens=100");
    TaskId upper = limited.launch("parent");
    String session = limited.run(upper);
    TaskId own = limited.launch(session);
    String below = limited.run(own);
    TaskId sibling = limited.launch("parent");
    TaskId foreign = limited.launch("other");
    limited.used(limited.run(foreign), "msg_9", 100, 0);
    limited.used(session, "msg_1", 50, 0);
    limited.used(below, "msg_2", 50, 0);
    assertThat(limited.status(upper)).isEqualTo(TaskStatus.RUNNING);
    limited.used(below, "msg_2", 51, 0);
    assertThat(limited.status(upper)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(limited.status(own)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(limited.status(sibling)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(limited.status(foreign)).isEqualTo(TaskStatus.RUNNING);
    limited.stops(upper);

    assertThat(limited.reason(upper)).isEqualTo(Reason.BUDGET_EXCEEDED);
    String why = "all tasks of its tree together: 101 tokens were used; 100 are allowed";
    assertThat(limited.outcome(upper).detail()).isEqualTo(why);
    assertThat(limited.answer(limited.tryLaunch("parent"))).isEqualTo(new Answer.BudgetSpent(why));
    assertThat(limited.answer(limited.tryLaunch("other"))).isInstanceOf(Answer.Launched.class);
  }

  @Test
  void what_ended_tasks_have_used_counts_for_their_tree() {
    EngineScenario limited = new EngineScenario("max_tree_tool_calls=3");
    for (int i = 0; i < 2; i++) {
      TaskId task = limited.launch("parent");
      String session = limited.run(task);
      limited.toolUse(session, "call_1", "grep");
      limited.toolUse(session, "call_2", "read");
      limited.finish(task, "done");
      limited.arrive();
      limited.clear("parent");
    }

    assertThat(limited.answer(limited.tryLaunch("parent"))).isInstanceOf(Answer.BudgetSpent.class);
  }

  @Test
  void what_is_used_after_a_task_was_stopped_counts_for_its_tree() {
    EngineScenario limited = new EngineScenario("max_tree_tokens=100");
    TaskId task = limited.launch("parent");
    String session = limited.run(task);
    limited.cancel("parent", task);
    limited.used(session, "msg_1", 101, 0);
    assertThat(limited.answer(limited.tryLaunch("parent"))).isInstanceOf(Answer.Launched.class);
    limited.stops(task);

    assertThat(limited.reason(task)).isEqualTo(Reason.CANCELLED);
    assertThat(limited.answer(limited.tryLaunch("parent"))).isInstanceOf(Answer.BudgetSpent.class);
  }

  @Test
  void a_session_that_was_deleted_has_no_debts() {
    EngineScenario limited = new EngineScenario("max_tree_tokens=100");
    TaskId task = limited.launch("parent");
    limited.used(limited.run(task), "msg_1", 101, 0);
    limited.stops(task);
    limited.arrive();
    limited.deleted("parent");

    assertThat(limited.answer(limited.tryLaunch("parent"))).isInstanceOf(Answer.Launched.class);
  }
}
