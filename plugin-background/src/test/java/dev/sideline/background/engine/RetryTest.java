package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.messaging.Instructions;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is tried again: launches, and models. */
class RetryTest {

  // --- launches

  @Test
  void a_session_that_cannot_be_created_now_is_tried_again_at_growing_intervals_and_not_for_ever() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    for (int seconds : List.of(1, 2, 4)) {
      scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "try later"));
      assertThat(scenario.status(task)).isEqualTo(TaskStatus.STARTING);
      scenario.passSeconds(seconds - 1);
      assertThat(scenario.effects(Effect.OpenSession.class)).isEmpty();
      scenario.passSeconds(1);
      assertThat(scenario.effects(Effect.OpenSession.class))
          .hasSize(1)
          .noneMatch(Effect.OpenSession::perhapsOpened);
    }
    scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "try later"));

    assertThat(scenario.reason(task)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.outcome(task).detail()).isEqualTo("try later");
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_session_that_may_have_been_created_is_looked_for_before_another_is() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(task, Code.UNCERTAIN, "timeout"));
    scenario.passSeconds(1);

    assertThat(scenario.effects(Effect.OpenSession.class))
        .hasSize(1)
        .allMatch(Effect.OpenSession::perhapsOpened);
  }

  @Test
  void a_session_that_may_have_been_created_is_looked_for_with_every_try_from_then_on() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(task, Code.UNCERTAIN, "timeout"));
    scenario.passSeconds(1);
    // It could not be recorded, or the host was not there to be asked.
    scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "not now"));
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.OpenSession.class))
        .hasSize(1)
        .allMatch(Effect.OpenSession::perhapsOpened);
  }

  @Test
  void a_message_does_not_pass_over_a_prompt_of_which_it_is_open_whether_it_arrived() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    scenario.send("parent", task, "and be quick");
    scenario.promptFails(task, Code.UNCERTAIN);
    assertThat(scenario.messages(task)).containsExactly("do it");
    long call = scenario.send("parent", task, "and quiet");
    assertThat(scenario.sent(call)).isEqualTo(Answer.SendStatus.KEPT);
    scenario.passSeconds(1);
    scenario.findsBusy(task, Kind.WORKING);
    scenario.prompted(task);

    assertThat(scenario.messages(task)).containsExactly("do it", "and be quick", "and quiet");
  }

  @Test
  void a_prompt_that_never_arrives_holds_up_what_is_sent_after_it_for_some_tries_only() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    scenario.send("parent", task, "and be quick");
    scenario.promptFails(task, Code.UNCERTAIN);
    for (int tries = 0; tries < 3; tries++) {
      scenario.passSeconds(4);
      scenario.finds(task, Kind.UNPROMPTED, "");
      scenario.passSeconds(4);
      scenario.finds(task, Kind.UNPROMPTED, "");
      scenario.promptFails(task, Code.UNCERTAIN);
    }

    assertThat(scenario.messages(task)).containsExactly("do it", "do it", "do it", "and be quick");
  }

  @Test
  void a_launch_that_cannot_succeed_is_not_tried_again() {
    EngineScenario scenario = new EngineScenario();
    TaskId notOpened = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(notOpened, Code.INVALID, "no such directory"));
    TaskId notPrompted = scenario.launch("parent");
    String session = scenario.open(notPrompted);
    scenario.promptFails(notPrompted, Code.NOT_FOUND);

    assertThat(scenario.reason(notOpened)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.reason(notPrompted)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession(session));
  }

  @Test
  void no_launch_is_tried_again_if_so_set() {
    EngineScenario scenario = new EngineScenario("launch_retries=0");
    TaskId task = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "try later"));

    assertThat(scenario.reason(task)).isEqualTo(Reason.LAUNCH_FAILED);
  }

  @Test
  void a_prompt_that_is_not_taken_now_is_tried_again_and_its_session_removed_in_the_end() {
    EngineScenario scenario = new EngineScenario("launch_retries=1");
    TaskId task = scenario.launch("parent");
    String session = scenario.open(task);
    scenario.promptFails(task, Code.UNAVAILABLE);
    scenario.passSeconds(1);
    assertThat(scenario.effects(Effect.SendPrompt.class)).hasSize(1);
    assertThat(scenario.task(task).activation()).isEqualTo(1);
    scenario.promptFails(task, Code.UNAVAILABLE);

    assertThat(scenario.reason(task)).isEqualTo(Reason.LAUNCH_FAILED);
    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession(session));
  }

  @Test
  void a_task_that_is_cancelled_between_two_tries_is_over_at_once_and_not_tried_again() {
    EngineScenario scenario = new EngineScenario();
    TaskId opening = scenario.launch("parent");
    scenario.apply(new Input.OpenFailed(opening, Code.UNAVAILABLE, "try later"));
    TaskId prompting = scenario.launch("parent");
    String session = scenario.open(prompting);
    scenario.promptFails(prompting, Code.UNAVAILABLE);
    scenario.cancelAll("parent");

    assertThat(scenario.reason(opening)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.reason(prompting)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession(session));
    scenario.passSeconds(10);
    assertThat(scenario.effects(Effect.SendPrompt.class)).isEmpty();
    assertThat(scenario.effects(Effect.OpenSession.class)).isEmpty();
  }

  @Test
  void a_task_that_is_cancelled_during_a_try_is_over_when_that_fails() {
    EngineScenario scenario = new EngineScenario();
    TaskId opening = scenario.launch("parent");
    TaskId prompting = scenario.launch("parent");
    String session = scenario.open(prompting);
    scenario.cancelAll("parent");
    assertThat(scenario.status(opening)).isEqualTo(TaskStatus.CANCELLING);
    scenario.apply(new Input.OpenFailed(opening, Code.UNAVAILABLE, "try later"));
    scenario.promptFails(prompting, Code.UNAVAILABLE);

    assertThat(scenario.reason(opening)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.reason(prompting)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession(session));
  }

  @Test
  void a_second_session_for_the_same_task_changes_nothing() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.apply(new Input.SessionOpened(task, "ses_late"));
    scenario.apply(new Input.OpenFailed(task, Code.UNAVAILABLE, "late"));

    assertThat(scenario.session(task)).isEqualTo(session);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  // --- models

  @Test
  void a_task_whose_model_fails_goes_on_with_the_next_and_stays_the_same_task() {
    EngineScenario scenario = new EngineScenario("fallback_models=agent=acme/small > other/large");
    TaskId task = scenario.launching("parent").model("acme/large").accepted();
    String session = scenario.run(task);
    breaks(scenario, task);
    assertThat(scenario.messages(task)).containsExactly("do it", Instructions.FALLBACK);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
    assertThat(scenario.task(task).spec().model()).isEqualTo(ModelRef.parse("acme/large"));
    assertThat(scenario.session(task)).isEqualTo(session);
    scenario.prompted(task);
    breaks(scenario, task);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("other/large"));
    scenario.prompted(task);
    breaks(scenario, task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail()).isEqualTo("overloaded");
    assertThat(scenario.notices()).hasSize(1);
  }

  @Test
  void a_model_that_has_just_failed_is_not_the_next() {
    EngineScenario scenario =
        new EngineScenario("models=*=acme/small", "fallback_models=*=acme/small > acme/large");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    breaks(scenario, task);

    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/large"));
  }

  @Test
  void a_model_that_never_saw_the_prompt_hands_it_on_to_the_next() {
    EngineScenario scenario = new EngineScenario("fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.fails(session, "no such model");
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");

    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
  }

  @Test
  void a_prompt_that_no_model_has_seen_is_handed_on_to_the_last() {
    EngineScenario scenario = new EngineScenario("fallback_models=*=acme/small > acme/large");
    TaskId task = scenario.launch("parent");
    scenario.fails(scenario.run(task), "no such model");
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.promptFails(task, Code.INVALID);

    assertThat(scenario.messages(task)).containsExactly("do it", "do it", "do it");
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/large"));
  }

  @Test
  void a_task_that_waits_for_a_slot_of_its_next_model_is_looked_at_meanwhile() {
    EngineScenario scenario =
        new EngineScenario(
            "fallback_models=*=acme/small > acme/large", "max_running_per_model=acme/large=1");
    TaskId holder = scenario.launching("parent").model("acme/large").accepted();
    scenario.run(holder);
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    breaks(scenario, task);
    scenario.promptFails(task, Code.INVALID);
    assertThat(scenario.messages(task)).hasSize(2);
    scenario.finds(task, Kind.BROKEN, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.apply(new Input.EventsLost());
    scenario.apply(new Input.StatusesFetched(Map.of()));

    assertThat(scenario.effects(Effect.Probe.class)).extracting(Effect.Probe::task).contains(task);
  }

  @Test
  void a_model_that_the_host_does_not_take_is_followed_by_the_next_or_the_end() {
    EngineScenario scenario = new EngineScenario("fallback_models=*=acme/small > acme/large");
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    breaks(scenario, task);
    scenario.promptFails(task, Code.INVALID);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/large"));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.promptFails(task, Code.INVALID);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail()).isEqualTo("it did not work");
  }

  @Test
  void a_task_without_a_model_left_is_stopped_lest_it_still_be_at_work_with_the_last() {
    EngineScenario scenario =
        new EngineScenario("retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    scenario.retries(scenario.run(task), "overloaded");
    scenario.passSeconds(61);
    scenario.apply(new Input.AbortEnded(task));
    scenario.passSeconds(31);
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.messages(task)).hasSize(2);
    scenario.promptFails(task, Code.INVALID);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
  }

  @Test
  void a_task_counts_under_its_next_model_and_waits_for_room_there() {
    EngineScenario scenario =
        new EngineScenario(
            "fallback_models=*=acme/small", "max_running_per_model=acme/small=1, acme/large=1");
    TaskId holder = scenario.launching("parent").model("acme/small").accepted();
    scenario.run(holder);
    TaskId task = scenario.launching("parent").model("acme/large").accepted();
    scenario.run(task);
    breaks(scenario, task);
    assertThat(scenario.messages(task)).hasSize(1);
    TaskId other = scenario.launching("parent").model("acme/large").accepted();
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.STARTING);
    scenario.finish(holder, "done");

    assertThat(scenario.messages(task)).hasSize(2);
  }

  @Test
  void a_task_whose_model_fails_while_it_waits_for_a_slot_waits_for_one_of_the_next() {
    EngineScenario scenario =
        new EngineScenario(
            "max_running=1", "fallback_models=*=acme/small", "max_running_per_model=5");
    TaskId task = scenario.launch("parent");
    TaskId own = scenario.launch(scenario.run(task));
    scenario.finish(task, "I have launched one");
    scenario.run(own);
    TaskId foreign = scenario.adopt("parent", "ses_own");
    scenario.finish(own, "done");
    breaks(scenario, task);
    assertThat(scenario.messages(task)).hasSize(1);
    scenario.finish(foreign, "done");
    assertThat(scenario.engine.running()).isEqualTo(1);

    assertThat(scenario.messages(task)).containsExactly("do it", Instructions.FALLBACK);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
    scenario.prompted(task);
    scenario.arrive();
    scenario.finish(task, "42");
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_task_that_is_just_being_woken_works_with_the_model_that_it_counts_under() {
    EngineScenario scenario =
        new EngineScenario(
            "fallback_models=*=acme/small > other/large", "max_running_per_provider=other=1");
    scenario.run(scenario.launching("parent").model("other/large").accepted());
    TaskId task = scenario.launching("parent").model("acme/large").accepted();
    TaskId own = scenario.launch(scenario.run(task));
    scenario.run(own);
    breaks(scenario, task);
    scenario.finish(own, "done");
    assertThat(scenario.lastNotice().wake()).isTrue();
    scenario.promptFails(task, Code.INVALID);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
    scenario.arrive();
    scenario.busy(scenario.session(task));
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.engine.running()).isEqualTo(2);
    breaks(scenario, task);

    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("other/large"));
    assertThat(scenario.messages(task)).containsExactly("do it", Instructions.FALLBACK);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  // --- the host's own retries

  @Test
  void a_host_that_tries_again_is_seen_with_the_reason_and_the_next_try() {
    EngineScenario scenario = new EngineScenario();
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.retries(session, "overloaded");
    Answer.View view = scenario.view("parent", task);
    assertThat(view.task().status()).isEqualTo(TaskStatus.RETRYING);
    assertThat(view.task().progress().waitingFor()).isEqualTo("overloaded");
    assertThat(view.task().progress().nextTryMillis()).isEqualTo(scenario.now() + 5_000);
    scenario.busy(session);
    Answer.View after = scenario.view("parent", task);
    assertThat(after.task().status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(after.task().progress().waitingFor()).isNull();
    assertThat(after.task().progress().nextTryMillis()).isZero();
  }

  @Test
  void a_host_that_tries_again_without_end_is_stopped() {
    EngineScenario scenario = new EngineScenario("retrying_seconds=60");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.retries(session, "overloaded");
    scenario.passSeconds(40);
    scenario.retries(session, "overloaded");
    scenario.passSeconds(19);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RETRYING);
    scenario.passSeconds(2);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_ERROR);
    assertThat(scenario.outcome(task).detail())
        .isEqualTo("its model was tried again and again for 60 s");
    assertThat(scenario.lastNotice().announced()).hasSize(1);
  }

  @Test
  void a_host_that_tries_again_without_end_is_stopped_also_while_a_notice_is_on_its_way_to_it() {
    EngineScenario scenario = new EngineScenario("retrying_seconds=60");
    TaskId task = retriesUntilANoticeIsOnItsWay(scenario);
    scenario.passSeconds(2);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_host_that_gets_further_between_its_tries_is_not_stopped() {
    EngineScenario scenario = new EngineScenario("retrying_seconds=60");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    for (int i = 0; i < 5; i++) {
      scenario.retries(session, "overloaded");
      scenario.passSeconds(40);
      scenario.busy(session);
    }

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_host_may_try_again_without_end_if_so_set() {
    EngineScenario scenario = new EngineScenario("retrying_seconds=0", "reconcile_seconds=3600");
    TaskId task = scenario.launch("parent");
    scenario.retries(scenario.run(task), "overloaded");
    scenario.passSeconds(100_000);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RETRYING);
  }

  @Test
  void a_model_that_is_tried_without_end_is_stopped_and_followed_by_the_next() {
    EngineScenario scenario =
        new EngineScenario("retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    scenario.retries(scenario.run(task), "overloaded");
    scenario.passSeconds(61);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    assertThat(scenario.messages(task)).hasSize(1);
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
    assertThat(scenario.messages(task)).containsExactly("do it", Instructions.FALLBACK);
  }

  @Test
  void
      a_model_that_is_tried_without_end_is_followed_by_the_next_also_while_a_notice_is_on_its_way() {
    EngineScenario scenario =
        new EngineScenario("retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = retriesUntilANoticeIsOnItsWay(scenario);
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.arrive();
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.task(task).model()).isEqualTo(ModelRef.parse("acme/small"));
    assertThat(scenario.messages(task)).containsExactly("do it", Instructions.FALLBACK);
  }

  @Test
  void an_agent_that_was_stopped_for_a_message_is_not_tried_again_while_that_waits_for_a_slot() {
    EngineScenario scenario =
        new EngineScenario("max_running=1", "retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    TaskId foreign = scenario.adopt("parent", "ses_own");
    scenario.retries(scenario.run(task), "overloaded");
    long call = scenario.interrupt("parent", task, "do that instead");
    scenario.stops(task);
    assertThat(scenario.sent(call)).isEqualTo(SendStatus.KEPT);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.passSeconds(100);
    assertThat(scenario.effects(Effect.Abort.class)).isEmpty();
    scenario.finish(foreign, "done");

    assertThat(scenario.messages(task)).containsExactly("do it", "do that instead");
  }

  @Test
  void a_slot_that_a_message_has_waited_for_is_not_used_while_the_agent_is_stopped_for_another() {
    EngineScenario scenario =
        new EngineScenario("max_running=1", "retrying_seconds=60", "fallback_models=*=acme/small");
    TaskId task = scenario.launch("parent");
    TaskId foreign = scenario.adopt("parent", "ses_own");
    String session = scenario.run(task);
    scenario.interrupt("parent", task, "do that instead");
    scenario.stops(task);
    scenario.retries(session, "overloaded");
    scenario.passSeconds(61);
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.finish(foreign, "done");
    assertThat(scenario.messages(task)).containsExactly("do it");
    scenario.stops(task);
    scenario.prompted(task);

    assertThat(scenario.messages(task))
        .containsExactly("do it", Instructions.FALLBACK, "do that instead");
  }

  /** A task whose model has been tried again for 59 s when its own task ends. */
  private static TaskId retriesUntilANoticeIsOnItsWay(EngineScenario scenario) {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    TaskId own = scenario.launch(session);
    scenario.run(own);
    scenario.retries(session, "overloaded");
    scenario.passSeconds(59);
    scenario.finish(own, "42");
    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    return task;
  }

  private static void breaks(EngineScenario scenario, TaskId task) {
    scenario.idle(scenario.session(task));
    scenario.finds(task, Kind.BROKEN, "overloaded");
  }
}
