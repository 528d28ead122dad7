package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.TaskId;
import org.junit.jupiter.api.Test;

/** What is long is recorded once. */
class WrittenVolumeTest {

  private static final int RETRIES = 5;

  private final EngineScenario scenario = new EngineScenario("launch_retries=5");

  @Test
  void an_ordinary_life_writes_hardly_more_than_the_task_has() {
    TaskId task = scenario.launching("parent").prompt("p".repeat(200_000)).accepted();
    String session = start(task);
    for (int i = 0; i < RETRIES; i++) {
      scenario.retries(session, "overloaded");
      scenario.busy(session);
    }
    for (int i = 0; i < 3; i++) {
      scenario.send("parent", task, "and another thing");
      scenario.prompted(task);
      scenario.toolUse(session, "call_" + i, "grep");
    }
    scenario.finish(task, "a".repeat(50_000));
    for (int i = 0; i < RETRIES; i++) {
      scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
      scenario.passSeconds(60);
    }
    scenario.arrive();

    assertThat(scenario.notices()).hasSize(RETRIES + 1);
    assertThat(scenario.store.load().toCompletableFuture().join().owed()).isEmpty();
    long has = scenario.task(task).toString().length();
    assertThat(has).isGreaterThan(250_000);
    assertThat(scenario.writtenChars()).isLessThan(has * 12 / 10);
    System.out.printf(
        "%.3f characters were written for one%n", scenario.writtenChars() * 1.0 / has);
  }

  /** It takes some tries to create its session, and some to prompt it. */
  private String start(TaskId task) {
    for (int i = 0; i < RETRIES; i++) {
      scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "just a moment"));
      scenario.passSeconds(60);
    }
    String session = scenario.open(task);
    for (int i = 0; i < RETRIES; i++) {
      scenario.promptFails(task, Code.UNAVAILABLE);
      scenario.passSeconds(60);
    }
    scenario.prompted(task);
    return session;
  }
}
