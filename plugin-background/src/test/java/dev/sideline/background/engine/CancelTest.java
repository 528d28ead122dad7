package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Cancel means stopped. */
class CancelTest {

  private final EngineScenario scenario = new EngineScenario();
  private final TaskId task = scenario.launch("parent");

  @Test
  void a_cancelled_task_holds_its_slot_until_its_session_is_quiet() {
    scenario.run(task);
    long call = scenario.cancel("parent", task);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.engine.running()).isEqualTo(1);
    assertThat(scenario.answer(call)).isNull();
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.BROKEN, "half");

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.outcome(task).detail()).isEqualTo("not needed");
    assertThat(scenario.engine.running()).isZero();
    assertThat(((Answer.CancelEnded) scenario.answer(call)).stopped()).hasSize(1);
  }

  @Test
  void an_abort_that_was_ignored_is_sent_again() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void an_abort_is_sent_again_also_when_the_session_cannot_be_looked_at() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.apply(new Input.ProbeFailed(task, 1));
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void a_session_is_told_to_stop_at_short_intervals_however_long_it_was_watched_in_vain() {
    scenario.idle(scenario.run(task));
    for (int i = 0; i < 10; i++) {
      scenario.finds(task, Kind.WORKING, "half");
      scenario.passSeconds(1);
    }
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.findsBusy(task, Kind.WORKING);
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void an_abort_that_came_before_the_session_began_is_sent_again() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.SILENT, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void a_look_that_began_before_the_session_could_be_seen_proves_nothing_however_late_it_ends() {
    scenario.run(task);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.passSeconds(5);
    scenario.finds(task, Kind.SILENT, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_session_that_is_heard_to_begin_during_a_look_is_not_quiet_for_what_that_shows() {
    String session = scenario.run(task);
    scenario.passSeconds(5);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.busy(session);
    scenario.finds(task, Kind.SILENT, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.passSeconds(2);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.SILENT, "");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLED);
  }

  @Test
  void a_session_is_not_quiet_while_a_notice_may_still_wake_it_whatever_becomes_of_that() {
    for (Function<Notice, Input> end :
        List.<Function<Notice, Input>>of(
            notice -> failed(notice, Code.UNAVAILABLE),
            notice -> new Input.NoticeMissing(notice.parent(), notice.messageId()),
            notice -> new Input.ParentBusy(notice.parent(), notice.messageId()))) {
      EngineScenario scenario = withNoticeUnderWay();
      Notice notice = scenario.lastNotice();
      TaskId upper = launchedByParent(scenario);
      scenario.cancel("parent", upper);
      scenario.passSeconds(5);
      scenario.stops(upper);
      assertThat(scenario.status(upper)).isEqualTo(TaskStatus.CANCELLING);
      scenario.apply(end.apply(notice));
      scenario.passSeconds(2);
      scenario.stops(upper);

      assertThat(scenario.reason(upper)).isEqualTo(Reason.CANCELLED);
    }
  }

  @Test
  void a_session_that_a_late_notice_may_have_woken_is_told_to_stop_again() {
    for (boolean before : new boolean[] {true, false}) {
      EngineScenario scenario = withNoticeUnderWay();
      Notice notice = scenario.lastNotice();
      TaskId upper = launchedByParent(scenario);
      if (before) {
        scenario.apply(failed(notice, Code.UNCERTAIN));
        scenario.cancel("parent", upper);
      } else {
        scenario.cancel("parent", upper);
        scenario.apply(failed(notice, Code.UNCERTAIN));
      }

      assertThat(scenario.effects(Effect.Abort.class)).isNotEmpty();
      assertThat(scenario.allEffects(Effect.Abort.class)).hasSize(2);
      assertThat(scenario.task(upper).promptId()).isEqualTo(notice.messageId());
    }
  }

  private static Input failed(Notice notice, Code code) {
    return new Input.NoticeFailed(notice.parent(), notice.messageId(), code);
  }

  private static TaskId launchedByParent(EngineScenario scenario) {
    return ((Answer.Listed) scenario.list("parent"))
        .tasks().stream()
            .map(Answer.View::task)
            .filter(listed -> listed.parent().equals("parent"))
            .findFirst()
            .orElseThrow()
            .id();
  }

  /** The task of a parent is just being woken, because its own has ended. */
  private static EngineScenario withNoticeUnderWay() {
    EngineScenario scenario = new EngineScenario("max_depth=2");
    TaskId upper = scenario.launch("parent");
    TaskId own = scenario.launch(scenario.run(upper));
    scenario.run(own);
    scenario.finish(own, "done");
    return scenario;
  }

  @Test
  void a_session_that_will_not_stop_is_declared_abandoned() {
    scenario.run(task);
    long call = scenario.cancel("parent", task);
    scenario.passSeconds(29);
    assertThat(scenario.answer(call)).isNull();
    scenario.passSeconds(2);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
    Answer.CancelEnded answer = (Answer.CancelEnded) scenario.answer(call);
    assertThat(answer.stopped()).isEmpty();
    assertThat(answer.stopping()).hasSize(1);
    assertThat(scenario.lastNotice().announced()).hasSize(1);
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_task_that_waits_for_its_slot_is_cancelled_at_once() {
    EngineScenario full = new EngineScenario("max_running=1");
    full.launch("parent");
    TaskId pending = full.launch("parent");
    long call = full.cancel("parent", pending);

    assertThat(full.status(pending)).isEqualTo(TaskStatus.CANCELLED);
    assertThat(full.answer(call)).isNotNull();
  }

  @Test
  void cancel_wins_over_a_session_that_is_being_created() {
    long waiting = scenario.await("parent", WaitMode.ALL, task);
    long call = scenario.cancel("parent", task);
    assertThat(scenario.answer(waiting)).isNotNull();
    scenario.apply(new Input.SessionOpened(task, "ses_late"));

    assertThat(scenario.effects(Effect.DeleteSession.class)).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLED);
    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void cancel_wins_over_a_prompt_that_is_under_way() {
    scenario.open(task);
    scenario.cancel("parent", task);
    assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
    scenario.prompted(task);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void cancel_wins_over_a_prompt_of_which_nothing_is_known() {
    scenario.open(task);
    scenario.cancel("parent", task);
    scenario.promptFails(task, Code.UNCERTAIN);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void cancel_waits_for_a_prompt_that_is_just_being_sent_again() {
    scenario.idle(scenario.run(task));
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.idle(scenario.session(task));
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.allEffects(Effect.SendPrompt.class)).hasSize(2);
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.prompted(task);

    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void cancel_waits_for_a_notice_that_is_just_waking_the_session() {
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.finish(own, "42");
    scenario.cancel("parent", task);
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.FINISHED, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.arrive();

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
  }

  @Test
  void cancel_covers_the_whole_tree_and_nothing_beside_it() {
    TaskId other = scenario.launch("somebody else");
    scenario.run(other);
    String session = scenario.run(task);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.cancelAll("parent");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void cancelling_a_tree_wakes_nobody_in_it() {
    // Whichever order the parents happen to be found in.
    for (int i = 0; i < 20; i++) {
      EngineScenario full = new EngineScenario("max_running=1");
      TaskId upper = full.launch("parent " + i);
      full.launch(full.run(upper));
      full.cancelAll("parent " + i);

      assertThat(full.notices()).isEmpty();
    }
  }

  @Test
  void what_is_cancelled_together_with_what_launched_it_ends_for_that_however_it_is_named() {
    String session = scenario.run(task);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.cancel("parent", below, task);
    scenario.stops(below);

    assertThat(scenario.reason(below)).isEqualTo(Reason.PARENT_GONE);
  }

  @Test
  void what_was_already_over_is_said_and_left_alone() {
    scenario.run(task);
    scenario.finish(task, "42");
    long call = scenario.cancel("parent", task);

    assertThat(((Answer.CancelEnded) scenario.answer(call)).alreadyOver()).hasSize(1);
    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
  }

  @Test
  void an_unknown_id_cancels_nothing_at_all() {
    scenario.run(task);
    long call = scenario.cancel("parent", task, new TaskId("bg_unknown"));

    assertThat(scenario.answer(call))
        .isEqualTo(new Answer.UnknownTask("bg_unknown", List.of(task.value())));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_shutdown_stops_everything_and_answers_everybody() {
    scenario.run(task);
    long waiting = scenario.await("parent", WaitMode.ALL, task);
    scenario.apply(new Input.Shutdown());

    assertThat(scenario.answer(waiting)).isNotNull();
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.answer(scenario.tryLaunch("parent"))).isEqualTo(new Answer.ShuttingDown());
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.BROKEN, "");
    assertThat(scenario.reason(task)).isEqualTo(Reason.SHUTDOWN);
    assertThat(scenario.notices()).isEmpty();
  }
}
