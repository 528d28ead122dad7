package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.text.WaitText;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What whoever watches a call that waits is told. */
class WaitProgressTest {

  private final EngineScenario scenario = new EngineScenario();

  @Test
  void it_is_told_what_is_waited_for_and_what_has_ended() {
    TaskId one = running();
    TaskId two = running();
    TaskId three = running();
    scenario.await("parent", WaitMode.ALL, one, two, three);
    assertThat(told()).as("at once").isEmpty();

    scenario.passSeconds(1);
    assertThat(told())
        .containsExactly(
            "Waiting for \"a task\" (agent, running), \"a task\" (agent, running) and 1 more");

    scenario.finish(one, "1");
    assertThat(told()).hasSize(1);
    scenario.passSeconds(1);
    assertThat(told().get(1))
        .isEqualTo(
            "1 of 3 has ended; waiting for \"a task\" (agent, running), \"a task\" (agent,"
                + " running)");

    scenario.finish(two, "2");
    scenario.passSeconds(1);
    assertThat(told().get(2))
        .isEqualTo("2 of 3 have ended; waiting for \"a task\" (agent, running)");

    scenario.finish(three, "3");
    scenario.passSeconds(10);
    assertThat(told()).hasSize(3);
  }

  @Test
  void ends_that_come_close_together_are_told_together() {
    TaskId one = running();
    TaskId two = running();
    TaskId three = running();
    scenario.await("parent", WaitMode.ALL, one, two, three);
    scenario.passMillis(900);
    scenario.finish(one, "1");
    scenario.finish(two, "2");

    scenario.passMillis(100);

    assertThat(told())
        .containsExactly("2 of 3 have ended; waiting for \"a task\" (agent, running)");
  }

  @Test
  void a_wait_that_is_over_is_not_told_of() {
    TaskId task = running();
    long call = scenario.await("parent", WaitMode.ANY, task);
    scenario.finish(task, "42");
    assertThat(scenario.answer(call)).isNotNull();
    long abandoned = scenario.await("parent", WaitMode.ANY, running());
    scenario.apply(new Input.CallAbandoned(abandoned));

    scenario.passSeconds(5);

    assertThat(told()).isEmpty();
  }

  @Test
  void a_wait_for_the_first_counts_none() {
    TaskId one = running();
    TaskId two = running();
    scenario.await("parent", WaitMode.ANY, one, two);

    scenario.passSeconds(1);

    assertThat(told())
        .containsExactly("Waiting for \"a task\" (agent, running), \"a task\" (agent, running)");
  }

  private TaskId running() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    return task;
  }

  private List<String> told() {
    return scenario.allEffects(Effect.TellProgress.class).stream().map(WaitText::progress).toList();
  }
}
