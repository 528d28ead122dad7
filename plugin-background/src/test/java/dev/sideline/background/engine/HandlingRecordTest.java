package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reach;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.End;
import dev.sideline.background.engine.protocol.Handling.Stop;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was done about a task is recorded with it, so that a restart can go on with it. */
class HandlingRecordTest {

  private EngineScenario scenario = new EngineScenario();

  // --- what was tried

  @Test
  void how_a_task_that_is_being_stopped_will_have_ended_is_recorded() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    assertThat(handling(task).stop()).isNull();
    scenario.cancel("parent", task);

    assertThat(handling(task).stop()).isEqualTo(new Stop(Reason.CANCELLED, "not needed", "parent"));
  }

  @Test
  void how_often_its_session_could_not_be_created_is_recorded() {
    TaskId task = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "just a moment"));

    assertThat(handling(task).attempts().openFailures()).isEqualTo(1);
  }

  @Test
  void its_first_prompt_and_the_fallback_models_that_were_used_are_recorded() {
    scenario = new EngineScenario("retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    String prompt = scenario.task(task).promptId();
    assertThat(handling(task).attempts().firstPromptId()).isEqualTo(prompt);
    scenario.retries(session, "overloaded");
    scenario.passSeconds(60);

    assertThat(handling(task).attempts().fallbacksUsed()).isEqualTo(1);
    assertThat(handling(task).attempts().firstPromptId()).isEqualTo(prompt);
  }

  @Test
  void that_its_agent_was_told_to_mend_its_answer_is_recorded() {
    TaskId task = scenario.launching("parent").schema("{}").accepted();
    scenario.run(task);
    scenario.finish(task, "no idea");
    scenario.apply(new Input.ResultChecked(task, 1, new ResultCheck(null, List.of("not JSON"))));

    assertThat(handling(task).attempts().repaired()).isTrue();
  }

  @Test
  void of_events_that_tell_nothing_new_nothing_is_recorded() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.toolUse(session, "call_0", "grep");
    long written = scenario.writtenChars();
    for (int i = 1; i < 100; i++) {
      scenario.toolUse(session, "call_" + i, "grep");
      scenario.busy(session);
    }

    assertThat(scenario.writtenChars()).isEqualTo(written);
  }

  @Test
  void that_a_request_is_withdrawn_is_recorded_whatever_its_task_is_at() {
    TaskId task = running();
    String session = scenario.session(task);
    scenario.asks(session, "req_1");
    assertThat(handling(task).requests()).hasSize(1);
    // The host tries its model again, though it had asked.
    scenario.retries(session, "overloaded");
    scenario.interrupt("parent", task, "never mind");
    // So that nothing else is recorded of it.
    scenario.expectDefects();
    scenario.breakMessageIds(new NoClassDefFoundError("a class of the host's"));
    scenario.stops(task);

    assertThat(handling(task).requests()).isEmpty();
  }

  // --- what its parent was told

  @Test
  void what_a_parent_was_told_is_recorded_with_each_task_in_the_order_in_which_they_ended() {
    TaskId first = running();
    TaskId second = running();
    TaskId third = running();
    assertThat(handling(second).end()).isNull();
    scenario.finish(second, "42");
    assertThat(handling(second).end()).isEqualTo(new End(Told.ASLEEP, 1));
    scenario.finish(first, "42");
    scenario.finish(third, "42");
    assertThat(handling(first).end()).isEqualTo(new End(Told.UNTOLD, 2));
    assertThat(handling(third).end()).isEqualTo(new End(Told.UNTOLD, 3));
    scenario.arrive();

    assertThat(List.of(first, second, third)).allMatch(task -> told(task) == Told.CLOSED);
  }

  @Test
  void what_a_parent_that_is_at_work_was_not_told_is_recorded_as_that() {
    TaskId task = running();
    running();
    scenario.finish(task, "42");
    assertThat(told(task)).isEqualTo(Told.ASLEEP);
    scenario.parentBusy(scenario.lastNotice());

    assertThat(told(task)).isEqualTo(Told.UNTOLD);
  }

  @Test
  void what_a_parent_has_read_or_does_not_want_to_know_is_recorded_at_once() {
    scenario = new EngineScenario("notice_delay_ms=60000");
    TaskId read = running();
    TaskId cleared = running();
    running();
    scenario.finish(read, "42");
    scenario.finish(cleared, "42");
    scenario.confirmLater();
    scenario.output("parent", read.value());
    assertThat(told(read)).isEqualTo(Told.UNTOLD);
    scenario.confirm(true);
    assertThat(told(read)).isEqualTo(Told.KNOWN);
    assertThat(told(cleared)).isEqualTo(Told.UNTOLD);
    scenario.clearNotices("parent", cleared);

    assertThat(told(cleared)).isEqualTo(Told.KNOWN);
  }

  @Test
  void what_is_told_in_an_answer_is_recorded_when_that_has_arrived() {
    scenario.reach(Reach.ANSWERED);
    TaskId task = running();
    running();
    scenario.finish(task, "42");
    scenario.confirmLater();
    scenario.catchUp("parent");
    scenario.confirm(false);
    assertThat(told(task)).isEqualTo(Told.UNTOLD);
    scenario.catchUp("parent");
    assertThat(told(task)).isEqualTo(Told.UNTOLD);
    scenario.confirm(true);

    assertThat(told(task)).isEqualTo(Told.KNOWN);
  }

  @Test
  void what_a_parent_was_told_without_being_woken_is_still_owed_when_the_host_refuses_that() {
    TaskId task = running();
    running();
    scenario.finish(task, "42");
    Notice first = scenario.lastNotice();
    scenario.noticeFails(first, Code.INVALID);
    scenario.noticeFails(scenario.lastNotice(), Code.INVALID);

    assertThat(told(task)).isEqualTo(Told.ASLEEP);
  }

  @Test
  void tasks_whose_parent_has_gone_are_closed() {
    TaskId upper = running();
    String session = scenario.session(upper);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.finish(below, "42");
    scenario.arrive();
    TaskId other = scenario.launch(session);
    scenario.run(other);
    scenario.cancel("parent", upper);
    scenario.stops(other);

    assertThat(told(below)).isEqualTo(Told.CLOSED);
    assertThat(told(other)).isEqualTo(Told.CLOSED);
  }

  @Test
  void that_nobody_is_to_be_told_of_a_task_is_recorded_when_its_parent_ends_and_not_later() {
    TaskId upper = running();
    String session = scenario.session(upper);
    TaskId left = scenario.launch(session);
    scenario.run(left);
    scenario.fails(session, "model broke");
    scenario.finds(upper, Kind.BROKEN, "");
    assertThat(handling(left).silenced()).isTrue();
    scenario.arrive();
    long version = stored(left).version();
    scenario.launching("parent").resumes(upper).accepted();

    // A launch that cannot be recorded is dropped with all that its step has changed.
    assertThat(stored(left).version()).isEqualTo(version);
  }

  private TaskId running() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    return task;
  }

  private Told told(TaskId task) {
    End end = handling(task).end();
    assertThat(end).isNotNull();
    return end.told();
  }

  private Handling handling(TaskId task) {
    return stored(task).handling();
  }

  private RecordedTask stored(TaskId task) {
    return scenario.store.load().toCompletableFuture().join().tasks().stream()
        .filter(stored -> stored.task().id().equals(task))
        .findFirst()
        .orElseThrow();
  }
}
