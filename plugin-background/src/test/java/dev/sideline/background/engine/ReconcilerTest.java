package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the host is asked, and what events alone tell. */
class ReconcilerTest {

  private final EngineScenario scenario = new EngineScenario("max_running=2");
  private final TaskId task = scenario.launch("parent");
  private final String session = scenario.run(task);

  @Test
  void at_a_beat_only_tasks_that_were_silent_are_looked_at() {
    TaskId other = scenario.launch("parent");
    String noisy = scenario.run(other);
    scenario.launch("parent");
    scenario.passSeconds(10);
    scenario.toolUse(noisy, "call_1", "grep");
    scenario.passSeconds(5);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::task)
        .containsExactly(task);
  }

  @Test
  void a_task_that_has_ended_is_not_looked_at_any_more() {
    scenario.run(scenario.launch("parent"));
    scenario.finish(task, "42");
    scenario.apply(new Input.EventsLost());
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_task_that_is_being_stopped_is_looked_at_when_events_were_lost() {
    scenario.cancel("parent", task);
    scenario.apply(new Input.EventsLost());
    scenario.apply(new Input.StatusesFetched(Map.of()));
    scenario.finds(task, Kind.BROKEN, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLED);
  }

  @Test
  void how_far_a_silent_task_at_work_is_is_looked_at_once() {
    Map<String, SessionStatus> busy = Map.of(session, SessionStatus.BUSY);
    scenario.passSeconds(15);
    scenario.apply(new Input.StatusesFetched(busy));
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.findsBusyAt(task, 1);
    scenario.passSeconds(15);
    scenario.apply(new Input.StatusesFetched(busy));

    assertThat(scenario.effects(Effect.Probe.class)).isEmpty();
  }

  @Test
  void a_host_that_is_retrying_is_found_to_be_though_no_event_told() {
    scenario.passSeconds(15);
    scenario.apply(
        new Input.StatusesFetched(Map.of(session, SessionStatus.retrying(1, "overloaded", null))));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RETRYING);
  }

  @Test
  void the_host_is_asked_once_at_a_time_and_again_after_a_failure() {
    scenario.passSeconds(15);
    scenario.passSeconds(30);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).isEmpty();
    scenario.apply(new Input.StatusesFailed());
    assertThat(scenario.effects(Effect.FetchStatuses.class)).isEmpty();
    scenario.passSeconds(15);

    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
  }

  @Test
  void a_question_that_failed_is_put_again_at_once_if_events_were_lost_meanwhile() {
    scenario.passSeconds(15);
    scenario.apply(new Input.EventsLost());
    scenario.apply(new Input.StatusesFailed());

    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
  }

  @Test
  void without_tasks_nobody_is_asked() {
    EngineScenario idle = new EngineScenario();
    idle.apply(new Input.EventsLost());

    assertThat(idle.effects(Effect.FetchStatuses.class)).isEmpty();
    assertThat(idle.engine.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  // --- events

  @Test
  void a_task_whose_agent_is_seen_at_work_has_started() {
    TaskId early = scenario.launch("parent");
    scenario.toolUse(scenario.open(early), "call_1", "grep");

    assertThat(scenario.status(early)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void whatever_is_heard_of_a_session_is_a_sign_of_life() {
    List<SessionEvent> events =
        List.of(
            new SessionEvent.Idle(session),
            new SessionEvent.Failed(session, new Failure("hiccup", "x")),
            new SessionEvent.PartUpdated(session, "msg", null),
            new SessionEvent.RequestAsked(EngineScenario.permission(session, "req")),
            new SessionEvent.RequestAnswered(session, "req"));
    for (SessionEvent event : events) {
      scenario.passSeconds(3);
      scenario.event(event);
      assertThat(scenario.view("parent", task).task().progress().lastActivityMillis())
          .as(event.toString())
          .isEqualTo(scenario.now());
    }
    scenario.passSeconds(3);
    scenario.used(session, "msg_1", 5, 0);
    assertThat(scenario.view("parent", task).task().progress().lastActivityMillis())
        .isEqualTo(scenario.now());
  }

  @Test
  void a_task_whose_agent_is_seen_at_work_does_not_retry_any_more() {
    scenario.retries(session, "overloaded");
    scenario.toolUse(session, "call_1", "grep");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_session_that_complains_is_looked_at() {
    scenario.fails(session, "no credit");

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void of_several_complaints_the_first_is_the_reason() {
    scenario.fails(session, "no credit");
    scenario.fails(session, "cannot go on");
    scenario.finds(task, Kind.SILENT, "");
    scenario.finds(task, Kind.SILENT, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.SILENT, "");

    assertThat(scenario.outcome(task).detail()).isEqualTo("no credit");
  }
}
