package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** Starts of which something is heard late, or never. */
class StartTest {

  /** One try, in which each call may take a second. */
  private final EngineScenario scenario =
      new EngineScenario("max_starting=1", "launch_retries=0", "call_timeout_seconds=1");

  @Test
  void a_start_of_which_nothing_is_heard_ends_with_words_and_lets_the_next_start() {
    TaskId silent = scenario.launch("parent");
    TaskId next = scenario.launch("parent");
    scenario.passSeconds(5);
    assertThat(scenario.status(silent)).as("it may still come").isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.PENDING);

    scenario.passSeconds(4);

    assertThat(scenario.reason(silent)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.outcome(silent).detail())
        .isEqualTo("nothing was heard of its start for 9 s");
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_message_of_its_agent_shows_that_a_task_has_started() {
    TaskId task = scenario.launch("parent");
    String session = scenario.open(task);
    scenario.writes(session, "msg_prompt");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.STARTING);
    scenario.used(session, "msg_answer", 10, 0);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_prompt_of_which_nothing_is_heard_counts_as_one_that_may_have_arrived() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    scenario.passSeconds(15);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finds(task, Kind.FINISHED, "42");
    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void a_session_that_is_told_of_twice_is_kept() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.apply(new Input.SessionOpened(task, session));
    assertThat(scenario.effects(Effect.DeleteSession.class)).isEmpty();

    scenario.finish(task, "42");
    scenario.arrive();
    scenario.apply(new Input.SessionOpened(task, session));
    assertThat(scenario.effects(Effect.DeleteSession.class)).isEmpty();
  }

  @Test
  void a_session_that_comes_when_its_task_has_another_is_removed() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    assertRemovesAnother(task);
    scenario.prompted(task);
    assertRemovesAnother(task);
    scenario.finish(task, "42");
    assertRemovesAnother(task);
    scenario.arrive();
    assertRemovesAnother(task);
  }

  private void assertRemovesAnother(TaskId task) {
    scenario.apply(new Input.SessionOpened(task, "late"));
    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession("late"));
  }

  @Test
  void a_session_that_comes_between_two_tries_is_used() {
    EngineScenario retrying = new EngineScenario();
    TaskId task = retrying.launch("parent");
    retrying.apply(new Input.OpenFailed(task, Code.UNCERTAIN, "no answer in time"));
    retrying.apply(new Input.SessionOpened(task, "late"));

    assertThat(retrying.session(task)).isEqualTo("late");
    assertThat(retrying.effects(Effect.SendPrompt.class)).hasSize(1);
    retrying.prompted(task);
    retrying.passSeconds(60);
    assertThat(retrying.effects(Effect.OpenSession.class)).isEmpty();
  }
}
