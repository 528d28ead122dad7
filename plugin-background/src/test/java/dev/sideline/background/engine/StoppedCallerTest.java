package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whoever waits and is stopped reads no answer: what it would have shown is still owed. */
class StoppedCallerTest {

  private final EngineScenario scenario = new EngineScenario("max_depth=3");
  private final TaskId task = scenario.launch("parent");
  private final String session = scenario.run(task);

  @Test
  void a_session_that_is_stopped_while_it_waits_is_told_when_its_task_has_ended() {
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    aborted("parent");
    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
    scenario.finish(task, "42");

    assertThat(scenario.lastNotice().parent()).isEqualTo("parent");
    assertThat(scenario.lastNotice().announced()).extracting(ended -> ended.id()).contains(task);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_session_that_turns_out_to_be_idle_does_not_wait_any_more() {
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(1);
    scenario.idle("parent");
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    assertThat(scenario.answer(call)).as("an event is a hint").isNull();
    statuses(Map.of());

    assertThat(scenario.answer(call)).isNotNull();
    scenario.finish(task, "42");
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void a_session_that_is_at_work_waits_on_whatever_is_heard_of_it() {
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(1);
    scenario.idle("parent");
    statuses(Map.of("parent", SessionStatus.BUSY));
    assertThat(scenario.answer(call)).isNull();
    scenario.finish(task, "42");

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isFalse();
    assertThat(scenario.notices()).as("it has read the answer").isEmpty();
  }

  @Test
  void what_the_host_said_before_the_wait_began_does_not_end_it() {
    scenario.passSeconds(16);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).as("the beat").hasSize(1);
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    statuses(Map.of());

    assertThat(scenario.answer(call)).isNull();
  }

  @Test
  void a_stale_answer_of_the_host_is_not_taken_for_one_to_what_was_heard_since() {
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(16);
    scenario.idle("parent");
    statuses(Map.of("parent", SessionStatus.BUSY));
    assertThat(scenario.effects(Effect.FetchStatuses.class)).as("asked again").hasSize(1);
    statuses(Map.of());

    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void a_loss_of_the_event_is_made_good_by_the_next_beat() {
    waiting("parent");
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(16);
    statuses(Map.of(session, SessionStatus.BUSY));

    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void a_caller_whose_agent_the_host_does_not_run_waits_while_its_session_is_idle() {
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.passSeconds(1);
    // What a notice brings about, whether or not the host has an agent that works on it.
    scenario.busy("parent");
    scenario.toolUse("parent", "call", "read");
    scenario.idle("parent");
    statuses(Map.of());
    scenario.passSeconds(16);
    statuses(Map.of());

    assertThat(scenario.answer(call)).isNull();
  }

  @Test
  void an_agent_that_has_left_its_call_is_not_taken_to_wait_in_the_next() {
    for (boolean told : new boolean[] {true, false}) {
      waiting("parent");
      scenario.apply(new Input.CallAbandoned(scenario.await("parent", WaitMode.ALL, task)));
      if (told) {
        scenario.idle("parent");
      } else {
        long read = scenario.await("parent", WaitMode.ALL, task);
        scenario.passSeconds(16);
        statuses(Map.of());
        assertThat(scenario.answer(read)).isNotNull();
      }
      // Whoever runs the agent now, the host does not show it at work.
      long call = scenario.await("parent", WaitMode.ALL, task);
      scenario.passSeconds(16);
      statuses(Map.of());

      assertThat(scenario.answer(call)).as("whether an event told: %s", told).isNull();
      scenario.apply(new Input.CallAbandoned(call));
    }
  }

  @Test
  void a_session_that_is_deleted_while_it_waits_waits_for_nothing_any_more() {
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.deleted("parent");

    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void a_session_that_is_deleted_does_not_wait_for_tasks_that_go_on_without_it() {
    EngineScenario detached = new EngineScenario("on_parent_deleted=detach");
    TaskId left = detached.launch("parent");
    detached.run(left);
    long call = detached.await("parent", WaitMode.ALL, left);
    detached.deleted("parent");

    assertThat(detached.answer(call)).isNotNull();
    assertThat(detached.status(left)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_task_whose_agent_has_finished_hears_no_answer_and_is_woken_instead() {
    TaskId own = scenario.launch(session);
    scenario.run(own);
    long call = scenario.await(session, WaitMode.ALL, own);
    // Its host has given up the call without a word.
    scenario.finish(task, "I could not wait");
    assertThat(scenario.answer(call)).isNotNull();
    scenario.finish(own, "42");

    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_cancel_of_the_call_leaves_what_it_would_have_shown_owed() {
    long call = scenario.await("parent", WaitMode.ALL, task);
    scenario.apply(new Input.CallAbandoned(call));
    scenario.finish(task, "42");

    assertThat(scenario.answer(call)).isNull();
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void the_calls_of_others_go_on() {
    TaskId other = scenario.launch("another");
    waiting("parent");
    waiting("another");
    long theirs = scenario.await("another", WaitMode.ALL, other);
    scenario.await("parent", WaitMode.ALL, task);
    aborted("parent");

    assertThat(scenario.answer(theirs)).isNull();
  }

  @Test
  void whether_a_task_has_stopped_waiting_a_look_at_its_session_tells() {
    TaskId own = scenario.launch(session);
    scenario.run(own);
    waiting(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.passSeconds(16);
    statuses(Map.of());
    assertThat(scenario.answer(call)).as("whether a task is idle, a look tells").isNull();
    scenario.finds(task, Kind.FINISHED, "done");

    assertThat(scenario.answer(call)).isNotNull();
  }

  /** The host shows that the agent of a session is in a call of ours. */
  private void waiting(String caller) {
    scenario.toolUse(caller, "call", "sideline_background_output");
  }

  private void aborted(String stopped) {
    scenario.event(new SessionEvent.Failed(stopped, new Failure(Failure.ABORTED, "Esc")));
  }

  private void statuses(Map<String, SessionStatus> statuses) {
    scenario.apply(new Input.StatusesFetched(statuses));
  }
}
