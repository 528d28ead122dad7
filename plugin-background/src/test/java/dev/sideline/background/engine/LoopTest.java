package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** A loop is the same call again and again. */
class LoopTest {

  private final EngineScenario scenario = new EngineScenario("loop_calls=5");
  private final TaskId task = scenario.launch("parent");
  private final String session = scenario.run(task);

  @Test
  void a_task_that_makes_the_same_call_again_and_again_is_stopped() {
    for (int i = 1; i < 5; i++) {
      scenario.toolCall(session, "call_" + i, "grep", "{\"for\":\"it\"}");
    }
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.toolCall(session, "call_5", "grep", "{\"for\":\"it\"}");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOOP);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("it called the tool 'grep' 5 times in a row with the same input");
  }

  @Test
  void many_different_calls_are_no_loop() {
    for (int i = 0; i < 1_000; i++) {
      scenario.toolCall(session, "call_" + i, "grep", "{\"for\":" + i + "}");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.view("parent", task).task().progress().toolCalls()).isEqualTo(1_000);
  }

  @Test
  void a_task_that_waits_for_its_own_again_and_again_is_no_loop() {
    for (int i = 0; i < 20; i++) {
      String tool = i % 2 == 0 ? "background_output" : "mcp__sideline__background_output";
      scenario.toolCall(session, "call_" + i, tool, "{\"wait\":\"all\"}");
    }
    for (int i = 20; i < 40; i++) {
      scenario.toolCall(session, "call_" + i, "sideline_background_list", "{}");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.view("parent", task).task().progress().toolCalls()).isEqualTo(40);
  }

  @Test
  void the_same_call_now_and_then_is_no_loop() {
    for (int i = 0; i < 20; i++) {
      scenario.toolCall(session, "call_" + i, i % 4 == 0 ? "read" : "grep", "{\"for\":\"it\"}");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_call_that_is_told_of_many_times_is_one() {
    for (int i = 0; i < 20; i++) {
      scenario.toolCall(session, "call_1", "grep", "{\"for\":\"it\"}");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void calls_whose_arguments_nobody_shows_are_no_loop() {
    for (int i = 0; i < 20; i++) {
      scenario.toolUse(session, "call_" + i, "grep");
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void nothing_is_a_loop_if_so_set() {
    EngineScenario lenient = new EngineScenario("loop_calls=0");
    TaskId any = lenient.launch("parent");
    String itsSession = lenient.run(any);
    for (int i = 0; i < 100; i++) {
      lenient.toolCall(itsSession, "call_" + i, "grep", "{}");
    }

    assertThat(lenient.status(any)).isEqualTo(TaskStatus.RUNNING);
  }
}
