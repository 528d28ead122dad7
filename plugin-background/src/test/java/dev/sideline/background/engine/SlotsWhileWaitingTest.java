package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import org.junit.jupiter.api.Test;

/** A task that has nothing to do but wait holds no slot, and has one again before it goes on. */
class SlotsWhileWaitingTest {

  private final EngineScenario scenario = new EngineScenario("max_running=1", "max_depth=3");
  private final TaskId upper = scenario.launch("parent");
  private final String session = scenario.run(upper);

  // --- for tasks of its own

  @Test
  void a_task_that_waits_for_its_own_gives_its_slot_to_them() {
    TaskId first = scenario.launch(session);
    TaskId second = scenario.launch(session);
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.PENDING);

    scenario.finish(upper, "I have launched two");
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.status(first)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    scenario.run(first);
    scenario.finish(first, "done");
    scenario.run(second);

    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_task_has_its_slot_again_before_it_is_woken() {
    TaskId lower = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    String below = scenario.run(lower);
    TaskId lowest = scenario.launch(below);
    scenario.finish(lower, "and so have I");
    scenario.run(lowest);
    scenario.finish(lowest, "done");
    TaskId late = scenario.launch(below);

    assertThat(scenario.lastNotice().parent()).isEqualTo(below);
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.PENDING);
    scenario.arrive(scenario.lastNotice());
    scenario.finds(lower, Kind.FINISHED, "I have read it");
    assertThat(scenario.status(late)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_is_not_woken_before_it_has_a_slot_and_goes_before_all_that_are_new() {
    TaskId own = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    scenario.run(own);
    TaskId urgent = scenario.launching("other").priority(100).accepted();
    // It works without having been asked: there is no slot when the own one ends.
    TaskId foreign = adopted();
    scenario.finish(own, "done");
    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.finds(foreign, Kind.FINISHED, "done");

    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.status(urgent)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_task_that_is_stopped_while_it_waits_for_a_slot_takes_none() {
    TaskId own = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    scenario.run(own);
    TaskId next = scenario.launch("parent");
    TaskId foreign = adopted();
    scenario.finish(own, "done");
    assertThat(scenario.view("parent", next).queuePosition()).isEqualTo(2);
    scenario.cancel("parent", upper);
    assertThat(scenario.view("parent", next).queuePosition()).isEqualTo(1);
    scenario.finds(foreign, Kind.FINISHED, "done");

    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void an_answer_that_waits_for_a_slot_is_not_given_to_a_task_that_is_stopped_meanwhile() {
    scenario.asks(session, "req");
    TaskId foreign = adopted();
    scenario.reply("parent", "req", new Reply.Allow());
    scenario.cancel("parent", upper);
    scenario.finds(foreign, Kind.FINISHED, "done");

    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_task_is_not_woken_while_something_below_it_still_works() {
    TaskId lower = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    String below = scenario.run(lower);
    TaskId lowest = scenario.launch(below);
    scenario.finish(lower, "and so have I");
    scenario.run(lowest);
    scenario.deleted(below);

    assertThat(scenario.status(lower)).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.status(lowest)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.notices()).isEmpty();
    scenario.stops(lowest);
    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(scenario.lastNotice().wake()).isTrue();
  }

  @Test
  void a_task_whose_own_were_all_read_while_it_waited_for_a_slot_is_looked_at() {
    TaskId own = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    scenario.run(own);
    TaskId foreign = adopted();
    scenario.finish(own, "done");
    scenario.clearNotices(session);
    scenario.finds(foreign, Kind.FINISHED, "done");

    assertThat(scenario.notices()).isEmpty();
    assertThat(scenario.effects(Effect.Probe.class)).hasSize(1);
    scenario.finds(upper, Kind.FINISHED, "it was not worth it");
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.COMPLETED);
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void what_a_task_is_told_while_it_waits_for_an_answer_lies_ready_and_takes_no_slot() {
    TaskId own = scenario.launch(session);
    scenario.asks(session, "req");
    scenario.run(own);
    TaskId next = scenario.launch("other");
    scenario.finish(own, "42");
    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    scenario.arrive();

    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.engine.running()).isEqualTo(1);
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.INPUT_REQUIRED);
  }

  @Test
  void slots_that_were_given_back_do_not_leak() {
    scenario.finish(upper, "done");
    for (int i = 0; i < 3; i++) {
      TaskId above = scenario.launch("parent");
      TaskId below = scenario.launch(scenario.run(above));
      scenario.finish(above, "waiting");
      scenario.run(below);
      scenario.cancelAll("parent");
      scenario.stops(above);
      assertThat(scenario.engine.running()).isEqualTo(1);
      scenario.stops(below);
      assertThat(scenario.engine.running()).isZero();
    }
  }

  // --- for an answer

  @Test
  void a_task_that_asks_gives_its_slot_back_and_has_one_again_before_it_gets_its_answer() {
    TaskId next = scenario.launch("parent");
    scenario.asks(session, "req");
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    scenario.run(next);
    TaskId urgent = scenario.launching("parent").priority(100).accepted();
    long call = scenario.reply("parent", "req", new Reply.Allow());
    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.KEPT);
    assertThat(scenario.effects(Effect.AnswerRequest.class)).isEmpty();
    scenario.finish(next, "done");

    assertThat(scenario.effects(Effect.AnswerRequest.class))
        .containsExactly(new Effect.AnswerRequest(upper, "req", new Reply.Allow()));
    assertThat(scenario.status(urgent)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void all_answers_that_wait_for_a_slot_are_given_when_there_is_one() {
    TaskId next = scenario.launch("parent");
    scenario.asks(session, "one");
    scenario.asks(session, "two");
    scenario.run(next);
    scenario.reply("parent", "one", new Reply.Allow());
    scenario.reply("parent", "two", new Reply.Allow());
    scenario.finish(next, "done");

    assertThat(scenario.effects(Effect.AnswerRequest.class))
        .extracting(Effect.AnswerRequest::requestId)
        .containsExactly("one", "two");
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_answer_that_somebody_has_given_meanwhile_is_not_given_again() {
    TaskId next = scenario.launch("parent");
    scenario.asks(session, "req");
    scenario.run(next);
    scenario.reply("parent", "req", new Reply.Allow());
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));

    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
  }

  @Test
  void a_task_that_a_person_lets_go_on_in_the_host_has_a_slot_though_there_is_none() {
    TaskId next = scenario.launch("parent");
    TaskId last = scenario.launch("parent");
    scenario.asks(session, "req");
    scenario.run(next);
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.engine.running()).isEqualTo(2);
    scenario.finish(next, "done");
    assertThat(scenario.status(last)).isEqualTo(TaskStatus.PENDING);
    scenario.finish(upper, "done");

    assertThat(scenario.status(last)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_that_is_set_to_work_in_the_host_has_a_slot_though_there_is_none() {
    TaskId own = scenario.launch(session);
    scenario.finish(upper, "I have launched one");
    scenario.run(own);
    scenario.busy(session);
    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::task, Effect.Probe::withStatus)
        .containsExactly(tuple(upper, true));
    scenario.findsBusy(upper, Kind.WORKING);
    assertThat(scenario.engine.running()).isEqualTo(2);
    scenario.busy(session);

    assertThat(scenario.effects(Effect.Probe.class)).as("it has its slot").isEmpty();
  }

  // --- in a call

  @Test
  void a_task_that_waits_in_a_call_gives_its_slot_back_and_is_answered_when_it_has_one_again() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    assertThat(scenario.status(own)).isEqualTo(TaskStatus.STARTING);
    scenario.run(own);
    TaskId foreign = adopted();
    scenario.finish(own, "42");
    assertThat(scenario.answer(call)).isNull();
    scenario.finds(foreign, Kind.FINISHED, "done");

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isFalse();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_call_that_has_waited_in_vain_is_answered_at_its_time_though_there_is_no_slot() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    TaskId next = scenario.launch("other");
    scenario.passSeconds(61);

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
    assertThat(scenario.engine.running()).isEqualTo(2);
    // What is there too much is made good before anything else starts.
    scenario.finish(own, "42");
    assertThat(scenario.engine.running()).isEqualTo(1);
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void a_call_whose_wait_is_over_is_answered_at_its_time_though_its_task_has_no_slot() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    adopted();
    scenario.finish(own, "42");
    scenario.passSeconds(59);
    assertThat(scenario.answer(call)).isNull();
    scenario.passSeconds(1);

    Answer.Shown shown = (Answer.Shown) scenario.answer(call);
    assertThat(shown.waitedInVain()).isFalse();
    assertThat(shown.tasks().get(0).task().status()).isEqualTo(TaskStatus.COMPLETED);
    assertThat(scenario.engine.running()).isEqualTo(2);
  }

  @Test
  void what_could_not_be_recorded_was_not_waited_for_in_vain_either() {
    TaskId own = scenario.launch(session);
    TaskId lost = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own, lost);
    scenario.run(own);
    scenario.apply(Input.NotStored.of(lost, 99));
    scenario.finish(own, "42");

    Answer.Shown shown = (Answer.Shown) scenario.answer(call);
    assertThat(shown.waitedInVain()).isFalse();
    assertThat(shown.tasks()).hasSize(1);
  }

  @Test
  void no_task_holds_a_slot_while_one_of_its_calls_waits() {
    TaskId first = scenario.launch(session);
    TaskId second = scenario.launch(session);
    long shorter = scenario.await(session, WaitMode.ALL, first);
    long longer = scenario.await(session, WaitMode.ALL, second);
    scenario.run(first);
    scenario.finish(first, "42");

    // The agent does not go on before the other is answered too.
    assertThat(scenario.answer(shorter)).isNotNull();
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
    scenario.run(second);
    scenario.finish(second, "43");
    assertThat(scenario.answer(longer)).isNotNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_begins_another_wait_before_it_has_its_slot_does_not_need_one() {
    TaskId first = scenario.launch(session);
    TaskId second = scenario.launch(session);
    long over = scenario.await(session, WaitMode.ALL, first);
    scenario.run(first);
    TaskId foreign = adopted();
    scenario.finish(first, "42");
    assertThat(scenario.answer(over)).isNull();
    scenario.await(session, WaitMode.ALL, second);

    assertThat(scenario.answer(over)).isNotNull();
    scenario.finds(foreign, Kind.FINISHED, "done");
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_waits_before_it_is_known_to_have_begun_gives_its_slot_back_then() {
    EngineScenario scenario = new EngineScenario("max_running=1", "max_depth=3");
    TaskId early = scenario.launch("parent");
    String below = scenario.open(early);
    TaskId own = scenario.launch(below);
    scenario.await(below, WaitMode.ALL, own);
    assertThat(scenario.status(own)).isEqualTo(TaskStatus.PENDING);
    scenario.prompted(early);

    assertThat(scenario.status(own)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void an_answer_that_a_waiting_agent_is_given_takes_no_slot() {
    TaskId own = scenario.launch(session);
    scenario.await(session, WaitMode.ALL, own);
    scenario.asks(session, "req");
    scenario.run(own);
    scenario.reply("parent", "req", new Reply.Allow());

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
    scenario.apply(new Input.RequestReplied(upper, "req"));
    assertThat(scenario.engine.running()).isEqualTo(1);
    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void an_agent_that_gives_up_one_of_two_calls_is_still_held_by_the_other() {
    TaskId own = scenario.launch(session);
    TaskId other = scenario.launch(session);
    long first = scenario.await(session, WaitMode.ALL, other);
    long second = scenario.await(session, WaitMode.ALL, own, other);
    scenario.run(own);
    scenario.apply(new Input.CallAbandoned(first));
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.apply(new Input.CallAbandoned(second));

    assertThat(scenario.engine.running()).isEqualTo(2);
  }

  @Test
  void a_call_for_all_of_which_one_has_come_has_waited_in_vain() {
    TaskId first = scenario.launch(session);
    TaskId second = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, first, second);
    scenario.run(first);
    scenario.passSeconds(61);
    scenario.finish(first, "42");

    assertThat(((Answer.Shown) scenario.answer(call)).waitedInVain()).isTrue();
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void an_agent_that_gives_up_one_of_its_calls_is_held_by_the_other() {
    TaskId own = scenario.launch(session);
    long first = scenario.await(session, WaitMode.ALL, own);
    long second = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    scenario.apply(new Input.CallAbandoned(first));
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.finish(own, "42");

    assertThat(scenario.answer(first)).isNull();
    assertThat(scenario.answer(second)).isNotNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_asks_beside_its_wait_is_answered_without_a_slot() {
    TaskId own = scenario.launch(session);
    scenario.asks(session, "req");
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    adopted();
    scenario.finish(own, "42");

    assertThat(scenario.answer(call)).isNotNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_gives_up_its_call_while_it_is_stopped_counts_until_it_is_quiet() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    scenario.cancel("parent", upper);
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.apply(new Input.CallAbandoned(call));
    assertThat(scenario.engine.running()).isEqualTo(2);
    scenario.stops(upper);

    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_is_late_when_its_wait_is_over_is_answered_when_it_has_stopped() {
    EngineScenario timed = new EngineScenario("max_running=2", "max_depth=3");
    timed.run(timed.launching("parent").timeoutSeconds(30).accepted());
    TaskId late = timed.launching("parent").timeoutSeconds(60).accepted();
    String itsSession = timed.run(late);
    TaskId own = timed.launch(itsSession);
    long call = timed.await(itsSession, WaitMode.ALL, own);
    timed.run(own);
    timed.passSeconds(60);
    assertThat(timed.status(late)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(timed.answer(call)).isNull();
    timed.stops(late);

    assertThat(timed.answer(call)).isNotNull();
  }

  @Test
  void an_agent_that_gives_up_its_call_goes_on_at_once() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    scenario.apply(new Input.CallAbandoned(call));

    assertThat(scenario.engine.running()).isEqualTo(2);
    scenario.finish(own, "42");
    assertThat(scenario.answer(call)).isNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_agent_that_gives_up_its_call_while_it_waits_for_a_slot_goes_on_at_once() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    TaskId foreign = adopted();
    scenario.finish(own, "42");
    scenario.apply(new Input.CallAbandoned(call));

    assertThat(scenario.engine.running()).isEqualTo(2);
    scenario.finds(foreign, Kind.FINISHED, "done");
    assertThat(scenario.answer(call)).isNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_message_that_waits_for_a_slot_is_sent_to_an_agent_that_goes_on_without_one() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    adopted();
    scenario.finish(own, "42");
    scenario.send("parent", upper, "and this");
    assertThat(scenario.messages(upper)).hasSize(1);
    scenario.apply(new Input.CallAbandoned(call));

    assertThat(scenario.messages(upper)).containsExactly("do it", "and this");
  }

  @Test
  void a_task_that_is_cancelled_while_it_waits_in_a_call_is_answered_when_it_has_stopped() {
    TaskId own = scenario.launch(session);
    long call = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    scenario.cancel("parent", upper);
    assertThat(scenario.answer(call)).isNull();
    scenario.stops(upper);

    assertThat(scenario.answer(call)).isNotNull();
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.stops(own);
    assertThat(scenario.engine.running()).isZero();
  }

  @Test
  void a_shutdown_answers_also_those_whose_wait_is_over_and_who_have_no_slot() {
    TaskId own = scenario.launch(session);
    long waiting = scenario.await(session, WaitMode.ALL, own);
    scenario.run(own);
    adopted();
    scenario.finish(own, "42");
    assertThat(scenario.answer(waiting)).isNull();
    scenario.apply(new Input.Shutdown());

    assertThat(((Answer.Shown) scenario.answer(waiting)).waitedInVain()).isFalse();
  }

  /** A task that works without having asked for a slot. */
  @Test
  void a_notice_that_is_tried_again_waits_for_a_slot_that_its_parent_has_lost_meanwhile() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId asking = scenario.launch("parent");
    scenario.asks(scenario.run(asking), "req");
    TaskId task = scenario.launch("parent");
    TaskId own = scenario.launch(scenario.run(task));
    scenario.finish(task, "I have launched one");
    scenario.run(own);
    scenario.finish(own, "done");
    scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
    scenario.reply("parent", "req", new Reply.Allow());
    scenario.interrupt("parent", task, "be brief");
    scenario.stops(task);
    int tried = scenario.allEffects(Effect.SendNotice.class).size();
    scenario.passSeconds(2);
    assertThat(scenario.allEffects(Effect.SendNotice.class)).hasSize(tried);
    scenario.apply(new Input.RequestReplied(asking, "req"));
    scenario.finish(asking, "done");

    assertThat(scenario.allEffects(Effect.SendNotice.class))
        .anySatisfy(send -> assertThat(send.notice().parent()).isEqualTo(scenario.session(task)))
        .hasSizeGreaterThan(tried);
    assertThat(scenario.messages(task)).containsExactly("do it", "be brief");
  }

  private TaskId adopted() {
    return scenario.adopt("parent", "ses_of_the_host");
  }
}
