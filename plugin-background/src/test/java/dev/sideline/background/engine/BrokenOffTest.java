package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Failure;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
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

/** Agents that stop in the middle, as when their host is restarted. */
class BrokenOffTest {

  private static final String GO_ON = "Your work was broken off in the middle";

  private EngineScenario scenario = new EngineScenario("on_restart=resume");
  private TaskId task = scenario.launch("parent");

  @Test
  void an_agent_is_told_to_go_on_and_its_answer_counts() {
    breaksOff(Kind.WORKING, "half");
    assertThat(scenario.messages(task)).hasSize(2);
    assertThat(scenario.messages(task).get(1)).startsWith(GO_ON);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.prompted(task);
    scenario.finish(task, "42");

    assertThat(scenario.outcome(task).text()).isEqualTo("42");
  }

  @Test
  void one_that_has_not_begun_is_given_its_prompt_once_more_and_then_told_to_go_on() {
    breaksOff(Kind.SILENT, "");

    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    assertThat(scenario.allEffects(Effect.SendPrompt.class))
        .extracting(sent -> sent.task().promptId())
        .containsOnly(scenario.task(task).promptId());
    scenario.prompted(task);
    breaksOff(Kind.SILENT, "");
    assertThat(scenario.messages(task)).hasSize(3);
    assertThat(scenario.messages(task).get(2)).startsWith(GO_ON);
  }

  @Test
  void one_that_has_not_begun_is_given_its_prompt_once_more_whatever_is_set() {
    set("on_restart=fail");
    breaksOff(Kind.SILENT, "");
    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    scenario.prompted(task);
    breaksOff(Kind.SILENT, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void one_that_has_told_of_an_error_and_stays_idle_fails_with_that_and_is_not_told_to_go_on() {
    stopsOver(new Failure("model_error", "no credit"));

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail()).isEqualTo("no credit");
    assertThat(scenario.outcome(task).text()).isEqualTo("half");
    assertThat(scenario.messages(task)).hasSize(1);
  }

  @Test
  void one_that_somebody_has_stopped_in_the_host_is_not_told_to_go_on() {
    stopsOver(new Failure(Failure.ABORTED, "aborted"));

    assertThat(scenario.reason(task)).isEqualTo(Reason.INTERRUPTED);
    assertThat(scenario.messages(task)).hasSize(1);
  }

  @Test
  void one_that_tells_of_its_hosts_end_itself_is_told_to_go_on() {
    stopsOver(new Failure(Failure.INTERRUPTED, "the host ended"));

    assertThat(scenario.messages(task)).hasSize(2);
    assertThat(scenario.messages(task).get(1)).startsWith(GO_ON);
  }

  @Test
  void one_that_was_at_work_after_an_error_is_told_to_go_on() {
    String session = scenario.run(task);
    scenario.fails(session, "no title was found");
    scenario.findsBusy(task, Kind.WORKING);
    breaksOff(Kind.WORKING, "half");
    assertThat(scenario.messages(task)).hasSize(2);
    scenario.prompted(task);
    scenario.fails(session, "a hiccup");
    scenario.finds(task, Kind.WORKING, "half");
    scenario.busy(session);
    breaksOff(Kind.WORKING, "half");

    assertThat(scenario.messages(task)).hasSize(3);
    assertThat(scenario.messages(task).get(2)).startsWith(GO_ON);
  }

  @Test
  void the_error_that_counts_is_the_first_since_it_was_last_at_work() {
    String session = scenario.run(task);
    scenario.fails(session, "a hiccup");
    scenario.finds(task, Kind.WORKING, "half");
    scenario.busy(session);
    scenario.fails(session, "no credit");
    scenario.finds(task, Kind.WORKING, "half");
    scenario.fails(session, "its echo");
    scenario.finds(task, Kind.WORKING, "half");
    waitsInVain(Kind.WORKING, "half");

    assertThat(scenario.outcome(task).detail()).isEqualTo("no credit");
  }

  @Test
  void it_is_not_told_so_for_ever() {
    for (int i = 0; i < 5; i++) {
      breaksOff(Kind.WORKING, "half");
      scenario.prompted(task);
    }
    assertThat(scenario.messages(task)).hasSize(6);
    breaksOff(Kind.WORKING, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
    assertThat(scenario.outcome(task).text()).isEqualTo("half");
  }

  @Test
  void what_could_not_be_told_it_for_a_passing_reason_does_not_count() {
    set("on_restart=resume", "launch_retries=0");
    for (int i = 0; i < 6; i++) {
      breaksOff(Kind.WORKING, "half");
      isNotTaken(Code.UNAVAILABLE);
      assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    }
    breaksOff(Kind.WORKING, "half");
    scenario.prompted(task);
    scenario.finish(task, "42");

    assertThat(scenario.outcome(task).text()).isEqualTo("42");
  }

  @Test
  void what_its_host_refuses_to_tell_it_counts() {
    set("on_restart=resume", "launch_retries=0");
    for (int i = 0; i < 5; i++) {
      breaksOff(Kind.WORKING, "half");
      isNotTaken(Code.INVALID);
    }
    breaksOff(Kind.WORKING, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void how_often_it_was_told_so_is_known_after_a_restart() {
    for (int i = 0; i < 5; i++) {
      breaksOff(Kind.WORKING, "half");
      scenario.prompted(task);
    }
    scenario.restart();
    scenario.finds(task, Kind.WORKING, "half");
    waitsInVain(Kind.WORKING, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void a_command_whose_host_has_ended_is_not_run_again_by_itself() {
    scenario.idle(scenario.run(task));
    Failure ended = new Failure(Failure.INTERRUPTED, "the host ended while it ran");
    scenario.finds(
        task,
        new ProbeResult(Kind.BROKEN, false, "half", 0, null, false, ended, 0, List.of(), Map.of()));

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
    assertThat(scenario.outcome(task).detail()).isEqualTo("the host ended while it ran");
    assertThat(scenario.messages(task)).hasSize(1);
  }

  @Test
  void one_that_had_not_begun_when_the_process_ended_is_given_its_prompt_at_once() {
    scenario.run(task);
    scenario.restart();
    isFoundSilent();
    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    scenario.restart();
    isFoundSilent();

    assertThat(scenario.messages(task)).containsExactly("do it", "do it", "do it");
  }

  @Test
  void its_parent_is_told_once_and_decides() {
    set("on_restart=report");
    breaksOff(Kind.WORKING, "half");
    waitsInVain(Kind.WORKING, "half");
    scenario.arrive();
    waitsInVain(Kind.WORKING, "half");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.lastNotice().attention()).extracting(Task::id).containsExactly(task);
    assertThat(scenario.engine.running()).isZero();
    scenario.send("parent", task, "go on");
    assertThat(scenario.messages(task)).containsExactly("do it", "go on");
    scenario.prompted(task);
    scenario.finish(task, "42");
    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void it_fails_where_that_is_set() {
    set("on_restart=fail");
    breaksOff(Kind.WORKING, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.LOST);
  }

  @Test
  void one_that_was_being_given_its_prompt_when_the_process_ended_is_given_it_at_once() {
    scenario.open(task);
    scenario.restart();
    isFoundSilent();
    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    scenario.restart();
    scenario.restart();
    isFoundSilent();

    assertThat(scenario.messages(task)).containsExactly("do it", "do it", "do it");
  }

  @Test
  void what_it_said_at_last_is_kept_when_it_is_stopped() {
    scenario.run(task);
    scenario.passSeconds(5);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.WORKING, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.passSeconds(1);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.BROKEN, "half a word");

    assertThat(scenario.outcome(task).text()).isEqualTo("half a word");
  }

  /** For no longer than a host may need to begin. */
  private void isFoundSilent() {
    scenario.finds(task, Kind.SILENT, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.SILENT, "");
  }

  private void set(String... settings) {
    scenario = new EngineScenario(settings);
    task = scenario.launch("parent");
  }

  private void breaksOff(Kind kind, String text) {
    if (scenario.status(task) == TaskStatus.STARTING) {
      scenario.idle(scenario.run(task));
    } else {
      scenario.idle(scenario.session(task));
    }
    scenario.finds(task, kind, text);
    waitsInVain(kind, text);
  }

  /** Its session tells of an error, and its message stays as it is. */
  private void stopsOver(Failure failure) {
    scenario.event(new SessionEvent.Failed(scenario.run(task), failure));
    scenario.finds(task, Kind.WORKING, "half");
    waitsInVain(Kind.WORKING, "half");
  }

  /** What it was told last does not arrive, and its session is looked at. */
  private void isNotTaken(Code code) {
    scenario.promptFails(task, code);
    scenario.finds(task, Kind.WORKING, "half");
  }

  /** The session stays idle for longer than it may. */
  private void waitsInVain(Kind kind, String text) {
    for (int second = 0; second < 40; second++) {
      scenario.passSeconds(1);
      if (!scenario.effects(Effect.Probe.class).isEmpty()) {
        scenario.finds(task, kind, text);
        if (!scenario.effects(Effect.SendPrompt.class).isEmpty()) {
          return;
        }
      }
    }
  }
}
