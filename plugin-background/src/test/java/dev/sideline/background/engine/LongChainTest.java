package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Very many tasks, each to start after the one before. */
class LongChainTest {

  @Test
  void a_chain_of_ten_thousand_fails_in_one_step() {
    EngineScenario large = large();
    List<TaskId> chain = chain(large);
    large.apply(new Input.OpenFailed(chain.get(0), Code.INVALID, "no such directory"));

    assertThat(chain)
        .allMatch(task -> large.status(task) == TaskStatus.FAILED)
        .filteredOn(task -> large.reason(task) == Reason.DEPENDENCY_FAILED)
        .hasSize(9_999);
    large.arrive();
    assertThat(large.engine.size()).isZero();
  }

  @Test
  void a_chain_of_ten_thousand_is_cancelled_in_one_step() {
    EngineScenario large = large();
    List<TaskId> chain = chain(large);
    large.cancelAll("parent");
    large.apply(new Input.OpenFailed(chain.get(0), Code.INVALID, "no such directory"));

    assertThat(chain).allMatch(task -> large.status(task) == TaskStatus.CANCELLED);
  }

  private static EngineScenario large() {
    return new EngineScenario(
        "max_tasks=20000", "max_tasks_per_parent=20000", "max_launches_per_parent=0");
  }

  private static List<TaskId> chain(EngineScenario large) {
    List<TaskId> chain = new ArrayList<>();
    chain.add(large.launch("parent"));
    while (chain.size() < 10_000) {
      chain.add(large.launching("parent").after(chain.get(chain.size() - 1)).accepted());
    }
    return chain;
  }
}
