package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Knowing when a task is done. */
class CompletionTest {

  private final EngineScenario scenario = new EngineScenario();
  private final TaskId task = scenario.launch("parent");

  @Test
  void an_idle_session_is_looked_at_before_it_counts_as_done() {
    String session = scenario.run(task);
    scenario.idle(session);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.finds(task, Kind.FINISHED, "42");
    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.outcome(task).text()).isEqualTo("42");
  }

  @Test
  void an_answer_without_a_word_is_empty_and_not_ok() {
    scenario.run(task);
    scenario.finish(task, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.EMPTY);
  }

  @Test
  void idle_in_passing_is_not_the_end() {
    String session = scenario.run(task);
    scenario.idle(session);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void idle_before_the_agent_has_begun_is_not_the_end() {
    String session = scenario.run(task);
    scenario.idle(session);
    scenario.finds(task, Kind.SILENT, "");
    scenario.passSeconds(2);
    scenario.finds(task, Kind.WORKING, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_lost_idle_costs_seconds_and_not_the_task() {
    scenario.run(task);
    scenario.passSeconds(31);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).isNotEmpty();
    scenario.apply(new Input.StatusesFetched(Map.of()));
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void a_task_of_which_nothing_was_heard_for_a_beat_is_looked_at_at_that_beat() {
    scenario.toolUse(scenario.run(task), "call_1", "grep");
    scenario.passSeconds(15);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void after_a_cut_of_the_event_stream_every_task_is_looked_at_at_once() {
    String session = scenario.run(task);
    scenario.busy(session);
    scenario.apply(new Input.EventsLost());
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void statuses_that_were_asked_for_before_events_were_lost_are_asked_for_again() {
    scenario.run(task);
    scenario.passSeconds(15);
    scenario.apply(new Input.EventsLost());
    String session = scenario.session(task);
    scenario.apply(new Input.StatusesFetched(Map.of(session, SessionStatus.BUSY)));
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void a_failure_of_the_session_is_a_failure_of_the_task() {
    String session = scenario.run(task);
    scenario.fails(session, "no credit");
    scenario.finds(task, Kind.BROKEN, "no credit");

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail()).isEqualTo("no credit");
  }

  @Test
  void an_agent_that_does_not_exist_fails_although_no_message_ever_comes() {
    String session = scenario.run(task);
    scenario.fails(session, "no such agent");
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail()).isEqualTo("no such agent");
  }

  @Test
  void a_complaint_while_the_session_is_still_coming_up_does_not_end_its_task() {
    String session = scenario.run(task);
    scenario.fails(session, "no title was found");
    scenario.finds(task, Kind.SILENT, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(4);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_session_that_was_stopped_in_the_host_is_interrupted_in_both_its_shapes() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.STOPPED, "");
    assertThat(scenario.reason(task)).isEqualTo(Reason.INTERRUPTED);

    TaskId other = scenario.launch("parent");
    scenario.idle(scenario.run(other));
    scenario.finds(
        other,
        new ProbeResult(
            Kind.BROKEN,
            false,
            "half",
            0,
            null,
            false,
            new Failure(Failure.ABORTED, "aborted"),
            0,
            List.of(),
            Map.of()));
    assertThat(scenario.reason(other)).isEqualTo(Reason.INTERRUPTED);
    assertThat(scenario.outcome(other).text()).isEqualTo("half");
  }

  @Test
  void a_deleted_session_ends_its_task_and_so_does_one_that_is_found_to_be_gone() {
    scenario.deleted(scenario.run(task));
    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_DELETED);

    TaskId other = scenario.launch("parent");
    scenario.idle(scenario.run(other));
    scenario.finds(other, ProbeResult.notFound());
    assertThat(scenario.reason(other)).isEqualTo(Reason.SESSION_DELETED);
  }

  @Test
  void an_answer_is_not_the_last_of_a_session_that_is_at_work_again() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, EngineScenario.seen(Kind.FINISHED, "41").withBusy(true));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.outcome(task).text()).isEqualTo("42");
  }

  @Test
  void a_task_whose_tool_call_was_refused_in_the_host_has_been_interrupted_there() {
    String session = scenario.run(task);
    scenario.passSeconds(5);
    scenario.asks(session, "req");
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));
    scenario.idle(session);
    scenario.finds(task, Kind.FAILED_CALL, "I have to delete it");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(1);
    scenario.finds(task, Kind.FAILED_CALL, "I have to delete it");

    assertThat(scenario.reason(task)).isEqualTo(Reason.INTERRUPTED);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("a tool call of its agent was refused in the host, which has stopped it");
    assertThat(scenario.outcome(task).text()).isEqualTo("I have to delete it");
  }

  @Test
  void a_task_that_gets_on_after_a_call_that_failed_was_not_stopped() {
    scenario.idle(scenario.run(task));
    scenario.passSeconds(5);
    scenario.finds(task, Kind.FAILED_CALL, "first");
    for (long fingerprint = 1; fingerprint < 30; fingerprint++) {
      scenario.passSeconds(16);
      scenario.findsAt(task, Kind.FAILED_CALL, fingerprint);
    }
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(16);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void a_session_that_stopped_in_the_middle_is_lost_after_a_while_and_not_before() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.WORKING, "half");
    for (int second = 0; second < 19; second++) {
      scenario.passSeconds(1);
      if (!scenario.effects(Effect.Probe.class).isEmpty()) {
        scenario.finds(task, Kind.WORKING, "half");
      }
    }
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(16);
    scenario.finds(task, Kind.WORKING, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
    assertThat(scenario.outcome(task).text()).isEqualTo("half");
  }

  @Test
  void a_session_is_looked_at_once_at_a_time_and_again_for_what_was_heard_meanwhile() {
    String session = scenario.run(task);
    scenario.idle(session);
    scenario.idle(session);
    scenario.idle(session);
    assertThat(scenario.allEffects(Effect.Probe.class)).hasSize(1);
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.allEffects(Effect.Probe.class)).hasSize(2);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.allEffects(Effect.Probe.class)).hasSize(2);
  }

  @Test
  void a_session_that_is_idle_before_its_prompt_is_known_to_be_there_is_looked_at_then() {
    String session = scenario.open(task);
    scenario.toolUse(session, "call_1", "grep");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.idle(session);
    assertThat(scenario.effects(Effect.Probe.class)).isEmpty();
    scenario.prompted(task);

    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
  }

  @Test
  void the_host_is_asked_what_a_session_does_only_where_its_messages_do_not_tell_enough() {
    String session = scenario.run(task);
    scenario.idle(session);
    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::withStatus)
        .containsExactly(false);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));

    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::withStatus)
        .containsExactly(true);
  }

  @Test
  void a_session_that_was_at_work_in_between_is_not_lost_for_having_been_idle_before() {
    EngineScenario patient = new EngineScenario("reconcile_seconds=3600", "lost_seconds=20");
    TaskId stopped = patient.launch("parent");
    String session = patient.run(stopped);
    patient.passSeconds(10);
    patient.idle(session);
    patient.finds(stopped, Kind.WORKING, "half");
    patient.passSeconds(15);
    patient.findsBusy(stopped, Kind.WORKING);
    patient.idle(session);
    patient.finds(stopped, Kind.WORKING, "half");
    patient.passSeconds(19);
    patient.finds(stopped, Kind.WORKING, "half");
    assertThat(patient.status(stopped)).isEqualTo(TaskStatus.RUNNING);
    patient.passSeconds(1);
    patient.finds(stopped, Kind.WORKING, "half");

    assertThat(patient.reason(stopped)).isEqualTo(Reason.LOST);
  }

  @Test
  void looks_that_fail_are_made_at_growing_intervals() {
    EngineScenario patient = new EngineScenario("reconcile_seconds=3600");
    TaskId unseen = patient.launch("parent");
    patient.idle(patient.run(unseen));
    for (int seconds : List.of(1, 2, 4, 8)) {
      patient.apply(new Input.ProbeFailed(unseen, 1));
      patient.passSeconds(seconds - 1);
      assertThat(patient.effects(Effect.Probe.class)).isEmpty();
      patient.passSeconds(1);
      assertThat(patient.effects(Effect.Probe.class)).hasSize(1);
    }
  }

  @Test
  void a_session_that_stopped_in_the_middle_is_looked_at_at_growing_intervals() {
    EngineScenario patient = new EngineScenario("reconcile_seconds=3600", "lost_seconds=3600");
    TaskId idle = patient.launch("parent");
    patient.run(idle);
    patient.passSeconds(10);
    patient.idle(patient.session(idle));
    for (int seconds : List.of(1, 2, 4, 8, 16)) {
      patient.finds(idle, Kind.WORKING, "half");
      patient.passSeconds(seconds - 1);
      assertThat(patient.effects(Effect.Probe.class)).isEmpty();
      patient.passSeconds(1);
      assertThat(patient.effects(Effect.Probe.class)).hasSize(1);
    }
  }

  @Test
  void a_prompt_that_never_reached_its_session_is_sent_again() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.effects(Effect.SendPrompt.class)).isEmpty();
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");

    List<Effect.SendPrompt> again = scenario.effects(Effect.SendPrompt.class);
    assertThat(again).hasSize(1);
    assertThat(again.get(0).task().promptId()).isEqualTo(scenario.task(task).promptId());
  }

  @Test
  void a_prompt_that_never_reached_its_session_is_sent_again_however_late_that_is_seen() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(60);
    scenario.finds(task, Kind.UNPROMPTED, "");

    assertThat(scenario.effects(Effect.SendPrompt.class)).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_session_that_was_sent_its_prompt_again_is_not_lost_for_having_been_idle_before() {
    scenario.idle(scenario.run(task));
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(15);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.prompted(task);
    scenario.passSeconds(10);
    scenario.idle(scenario.session(task));
    scenario.finds(task, Kind.SILENT, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(21);
    scenario.finds(task, Kind.SILENT, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void a_prompt_of_which_nothing_is_known_is_looked_for_and_not_given_up() {
    scenario.open(task);
    scenario.promptFails(task, Code.UNCERTAIN);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.Probe.class))
        .hasSize(1)
        .allMatch(Effect.Probe::promptSought);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.idle(scenario.session(task));

    assertThat(scenario.effects(Effect.Probe.class))
        .hasSize(1)
        .noneMatch(Effect.Probe::promptSought);
  }

  @Test
  void a_task_that_waits_for_its_own_tasks_is_done_only_after_it_was_woken() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(task, "I have asked somebody");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finish(own, "42");
    scenario.arrive();
    scenario.finds(task, Kind.FINISHED, "it is 42");

    assertThat(scenario.outcome(task).text()).isEqualTo("it is 42");
    assertThat(scenario.task(task).activation()).isEqualTo(2);
  }

  @Test
  void a_task_that_was_at_work_when_it_was_to_be_told_is_told_as_soon_as_a_look_shows_it_idle() {
    String session = scenario.run(task);
    TaskId first = scenario.launch(session);
    scenario.run(first);
    scenario.run(scenario.launch(session));
    scenario.finish(first, "42");
    scenario.parentBusy(scenario.lastNotice());
    scenario.idle(session);
    assertThat(scenario.effects(Effect.SendNotice.class)).as("not before a look").isEmpty();
    scenario.finds(task, Kind.FINISHED, "I have launched two");

    assertThat(scenario.effects(Effect.SendNotice.class)).hasSize(1);
  }

  @Test
  void what_a_look_of_an_older_activation_shows_changes_nothing() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.idle(session);
    scenario.arrive();
    scenario.apply(
        new Input.Probed(
            task,
            1,
            new ProbeResult(
                Kind.FINISHED, false, "before", 0, null, false, null, 0, List.of(), Map.of())));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.effects(Effect.Probe.class).get(0).activation()).isEqualTo(2);
  }

  @Test
  void what_was_complained_of_before_a_session_was_woken_is_forgotten() {
    String session = scenario.run(task);
    scenario.fails(session, "a hiccup");
    scenario.findsBusy(task, Kind.WORKING);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.arrive();
    scenario.finds(task, Kind.SILENT, "");
    scenario.passSeconds(5);
    scenario.finds(task, Kind.SILENT, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_woken_session_that_does_not_show_the_notice_yet_is_not_given_its_first_prompt_again() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.arrive();
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(5);
    scenario.finds(task, Kind.UNPROMPTED, "");

    assertThat(scenario.effects(Effect.SendPrompt.class)).isEmpty();
  }

  @Test
  void a_session_that_may_just_be_being_woken_is_not_judged() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.idle(session);
    scenario.finds(task, Kind.STOPPED, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.arrive();
    assertThat(scenario.task(task).activation()).isEqualTo(2);
  }

  @Test
  void a_session_that_was_woken_has_begun_and_is_looked_at() {
    String session = scenario.open(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.STARTING);
    scenario.arrive();

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    Effect.Probe look = scenario.effects(Effect.Probe.class).get(0);
    assertThat(look.task()).isEqualTo(task);
    assertThat(look.promptId()).isEqualTo(scenario.lastNotice().messageId());
    assertThat(look.withStatus()).isTrue();
  }

  @Test
  void a_session_that_is_surely_not_being_woken_is_judged() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
    scenario.idle(session);
    scenario.finds(task, Kind.STOPPED, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.INTERRUPTED);
  }

  @Test
  void a_session_that_may_have_been_woken_unheard_is_not_judged() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.noticeFails(scenario.lastNotice(), Code.UNCERTAIN);
    scenario.idle(session);
    scenario.finds(task, Kind.STOPPED, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void late_events_and_answers_do_not_change_what_has_ended() {
    String session = scenario.run(task);
    scenario.finish(task, "42");
    Task ended = scenario.task(task);
    scenario.fails(session, "late");
    scenario.idle(session);
    scenario.finds(task, Kind.BROKEN, "late");
    scenario.prompted(task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.deleted(session);

    assertThat(scenario.task(task)).isEqualTo(ended);
    assertThat(scenario.effects(Effect.Publish.class)).isEmpty();
  }

  @Test
  void retrying_and_waiting_for_somebody_are_visible() {
    String session = scenario.run(task);
    scenario.event(
        new SessionEvent.StatusChanged(session, SessionStatus.retrying(2, "overloaded", null)));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RETRYING);
    assertThat(scenario.task(task).progress().waitingFor()).isEqualTo("overloaded");
    scenario.busy(session);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.event(
        new SessionEvent.RequestAsked(
            new PendingRequest(
                "req", session, PendingRequest.Kind.PERMISSION, "rm -rf?", List.of())));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    scenario.busy(session);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void progress_stands_in_every_status() {
    String session = scenario.run(task);
    scenario.toolUse(session, "call_1", "grep");
    scenario.toolUse(session, "call_1", "grep");
    scenario.toolUse(session, "call_2", "read");

    Answer.Shown shown = (Answer.Shown) scenario.output("parent", task.value());
    assertThat(shown.tasks().get(0).task().progress().toolCalls()).isEqualTo(2);
    assertThat(shown.tasks().get(0).task().progress().lastTool()).isEqualTo("read");
    assertThat(shown.tasks().get(0).task().progress().lastActivityMillis()).isPositive();
  }
}
