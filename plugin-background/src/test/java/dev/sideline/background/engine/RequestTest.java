package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.RequestAnswered;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The permissions and questions of tasks. */
class RequestTest {

  private static final Reply YES = new Reply.Allow();

  private final EngineScenario scenario = new EngineScenario("max_depth=3");
  private final TaskId task = scenario.launch("parent");
  private final String session = scenario.run(task);

  // --- asked and told

  @Test
  void a_parent_is_woken_for_what_its_task_asks_and_told_once() {
    scenario.launch("parent");
    scenario.asks(session, "req");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.task(task).progress().requests())
        .containsExactly(EngineScenario.permission(session, "req"));
    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.lastNotice().announced()).isEmpty();
    assertThat(scenario.lastNotice().attention().get(0).progress().requests()).hasSize(1);
    scenario.arrive();
    scenario.asks(session, "req");
    scenario.busy(session);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.notices()).hasSize(1);
    scenario.asks(session, "another");
    assertThat(scenario.notices()).hasSize(2);
  }

  @Test
  void a_parent_that_knows_what_a_task_asks_may_wait_for_it_all_the_same() {
    scenario.asks(session, "req");
    scenario.arrive();
    long call = scenario.await("parent", WaitMode.ALL, task);
    assertThat(scenario.answer(call)).isNull();
    scenario.asks(session, "another");

    assertThat(scenario.answer(call)).isNotNull();
  }

  @Test
  void a_parent_is_told_what_a_task_asks_that_was_to_end_silently() {
    TaskId silent = scenario.launching("parent").notify(Notify.SILENT).accepted();
    scenario.asks(scenario.run(silent), "req");

    assertThat(scenario.lastNotice().attention()).hasSize(1);
  }

  @Test
  void a_task_that_asks_before_its_prompt_is_known_to_have_arrived_has_begun() {
    TaskId early = scenario.launch("parent");
    scenario.asks(scenario.open(early), "req");
    assertThat(scenario.status(early)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    scenario.prompted(early);

    assertThat(scenario.status(early)).isEqualTo(TaskStatus.INPUT_REQUIRED);
  }

  @Test
  void what_a_task_has_asked_is_nobodys_concern_once_it_is_being_stopped() {
    TaskId other = scenario.launch("parent");
    scenario.asks(session, "req");
    scenario.parentBusy(scenario.lastNotice());
    scenario.cancel("parent", task);
    long call = scenario.await("parent", WaitMode.ALL, task, other);

    assertThat(scenario.answer(call)).isNull();
  }

  @Test
  void a_task_that_is_being_stopped_is_not_asked_for_anything_any_more() {
    scenario.cancel("parent", task);
    scenario.asks(session, "req");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void an_answer_to_a_task_that_is_being_stopped_is_not_given() {
    scenario.asks(session, "req");
    scenario.cancel("parent", task);
    long call = scenario.reply("parent", "req", YES);
    long operators = scenario.answerAsOperator("req", YES);

    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.GONE);
    assertThat(scenario.answer(operators))
        .isEqualTo(new Answer.OperatorAnswered(ReplyStatus.GONE, null));
    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
  }

  @Test
  void a_wait_for_a_task_ends_when_it_asks_for_something() {
    TaskId other = scenario.launch("parent");
    scenario.run(other);
    long all = scenario.await("parent", WaitMode.ALL);
    scenario.asks(session, "req");
    Answer.Shown shown = (Answer.Shown) scenario.answer(all);
    assertThat(shown.waitedInVain()).isFalse();
    assertThat(shown.tasks().get(0).task().status()).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(shown.tasks().get(0).task().progress().requests()).hasSize(1);
    // It has read that; what it waits for next is the end.
    long again = scenario.await("parent", WaitMode.ALL);
    assertThat(scenario.answer(again)).isNull();
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void a_wait_for_a_task_that_asks_for_something_already_does_not_begin() {
    scenario.asks(session, "req");
    scenario.parentBusy(scenario.lastNotice());
    long all = scenario.await("parent", WaitMode.ALL);

    assertThat(scenario.answer(all)).isNotNull();
  }

  @Test
  void a_call_that_cancels_tasks_waits_for_their_end_whatever_they_ask() {
    TaskId other = scenario.launch("parent");
    scenario.run(other);
    long call = scenario.cancel("parent", task);
    scenario.asks(scenario.session(other), "req");
    scenario.asks(session, "req_2");
    assertThat(scenario.answer(call)).isNull();
    scenario.stops(task);

    assertThat(scenario.answer(call)).isNotNull();
  }

  // --- answered

  @Test
  void a_parent_answers_and_the_task_goes_on() {
    scenario.asks(session, "req");
    long call = scenario.reply("parent", "req", YES);
    assertThat(scenario.effects(Effect.AnswerRequest.class))
        .containsExactly(new Effect.AnswerRequest(task, "req", YES));
    assertThat(scenario.answer(call)).isNull();
    scenario.apply(new Input.RequestReplied(task, "req"));

    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.TAKEN);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.task(task).progress().requests()).isEmpty();
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_permission_is_a_persons_to_give_and_a_parents_to_refuse() {
    EngineScenario strict = new EngineScenario("permissions=person");
    TaskId asking = strict.launch("parent");
    String itsSession = strict.run(asking);
    strict.asks(itsSession, "req");

    for (Reply given : List.of(YES, new Reply.AllowAlways())) {
      assertThat(strict.answer(strict.reply("parent", "req", given)))
          .isInstanceOf(Answer.PersonDecides.class);
    }
    assertThat(strict.allEffects(Effect.AnswerRequest.class)).isEmpty();
    assertThat(strict.status(asking)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    strict.reply("parent", "req", new Reply.Reject("no"));
    assertThat(strict.allEffects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void a_question_is_answered_by_the_parent_also_where_permissions_are_a_persons() {
    EngineScenario strict = new EngineScenario("permissions=person");
    TaskId asking = strict.launch("parent");
    String itsSession = strict.run(asking);
    strict.event(new SessionEvent.RequestAsked(EngineScenario.question(itsSession, "why?")));
    strict.reply("parent", "why?", new Reply.Answer(List.of(List.of("because"))));

    assertThat(strict.allEffects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void nothing_is_allowed_for_good_by_a_parent_whatever_is_set() {
    scenario.asks(session, "req");

    assertThat(scenario.answer(scenario.reply("parent", "req", new Reply.AllowAlways())))
        .isInstanceOf(Answer.PersonDecides.class);
    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
  }

  @Test
  void whoever_stands_above_may_answer_and_nobody_else() {
    TaskId below = scenario.launch(session);
    String lower = scenario.run(below);
    scenario.asks(lower, "req");
    PendingRequest asked = EngineScenario.permission(lower, "req");
    assertThat(scenario.answer(scenario.reply("other", "req", YES)))
        .isEqualTo(new Answer.UnknownRequest("req", List.of()));
    assertThat(scenario.answer(scenario.reply(lower, "req", YES)))
        .isEqualTo(new Answer.UnknownRequest("req", List.of()));
    assertThat(scenario.answer(scenario.reply("parent", "req_2", YES)))
        .isEqualTo(new Answer.UnknownRequest("req_2", List.of(asked)));
    scenario.reply("parent", "req", YES);

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void an_answer_may_name_its_task_which_has_to_be_the_one_that_asks() {
    TaskId other = scenario.launch("parent");
    scenario.run(other);
    scenario.asks(session, "req");
    scenario.apply(new Input.AnswerRequest(901, "parent", other.value(), "req", YES));
    scenario.apply(new Input.AnswerRequest(902, "parent", task.value(), "req_2", YES));
    scenario.apply(new Input.AnswerRequest(903, "parent", "bg_never", "req", YES));
    assertThat(scenario.answer(901)).isEqualTo(new Answer.UnknownRequest("req", List.of()));
    assertThat(scenario.answer(902))
        .isEqualTo(
            new Answer.UnknownRequest("req_2", List.of(EngineScenario.permission(session, "req"))));
    assertThat(scenario.answer(903)).isInstanceOf(Answer.UnknownTask.class);
    scenario.apply(new Input.AnswerRequest(904, "parent", session, "req", YES));

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void an_answer_that_the_host_does_not_take_leaves_the_request_waiting() {
    scenario.asks(session, "req");
    long call = scenario.reply("parent", "req", YES);
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.apply(new Input.RequestReplyFailed(task, "req", Code.INVALID, "no such option"));
    RequestAnswered answer = (RequestAnswered) scenario.answer(call);
    assertThat(answer.status()).isEqualTo(ReplyStatus.REFUSED);
    assertThat(answer.detail()).isEqualTo("no such option");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.engine.running()).isZero();
    scenario.reply("parent", "req", new Reply.Reject("no"));

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void a_refusal_that_the_host_takes_in_no_form_is_given_up_and_said_so() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.passSeconds(60);
    assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
    patient.apply(new Input.RequestReplyFailed(asking, "req", Code.UNSUPPORTED, "cannot"));
    assertThat(patient.status(asking)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    patient.passSeconds(31);
    assertThat(patient.effects(Effect.AnswerRequest.class)).as("a second try").hasSize(1);
    patient.apply(new Input.RequestReplyFailed(asking, "req", Code.UNSUPPORTED, "cannot"));
    patient.stops(asking);

    assertThat(patient.reason(asking)).isEqualTo(Reason.CANCELLED);
    assertThat(patient.outcome(asking).detail())
        .isEqualTo("nobody answered what it asked, and the host takes no refusal of it: cannot");
  }

  @Test
  void a_refusal_that_fails_for_a_passing_reason_is_tried_until_it_is_taken() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.passSeconds(60);
    for (Code failure : new Code[] {Code.UNAVAILABLE, Code.UNCERTAIN, Code.UNAVAILABLE}) {
      patient.apply(new Input.RequestReplyFailed(asking, "req", failure, "not now"));
      // The host does not list what waits, either.
      patient.apply(new Input.RequestsFailed());
      patient.passSeconds(31);
      assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
    }
    patient.apply(new Input.RequestReplied(asking, "req"));

    assertThat(patient.status(asking)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_refusal_that_turns_out_not_to_have_arrived_is_given_again() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    String asks = patient.run(asking);
    patient.asks(asks, "req");
    patient.passSeconds(60);
    patient.apply(new Input.RequestsFetched(List.of(EngineScenario.permission(asks, "req"))));
    patient.apply(new Input.RequestReplyFailed(asking, "req", Code.UNCERTAIN, "no answer"));
    patient.passSeconds(16);
    patient.apply(new Input.RequestsFetched(List.of(EngineScenario.permission(asks, "req"))));
    patient.passSeconds(31);

    assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void an_answer_to_what_is_not_asked_any_more_is_said_to_come_too_late() {
    scenario.asks(session, "req");
    long call = scenario.reply("parent", "req", YES);
    scenario.apply(new Input.RequestReplyFailed(task, "req", Code.NOT_FOUND, "no such request"));

    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.GONE);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.apply(new Input.RequestReplyFailed(task, "req", Code.INVALID, "late"));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_second_answer_is_refused_while_the_first_is_under_way() {
    scenario.asks(session, "req");
    scenario.reply("parent", "req", YES);
    long second = scenario.reply("parent", "req", new Reply.Reject("no"));

    RequestAnswered answer = (RequestAnswered) scenario.answer(second);
    assertThat(answer.status()).isEqualTo(ReplyStatus.REFUSED);
    assertThat(answer.detail()).isEqualTo("another answer to it is under way");
  }

  @Test
  void an_answer_that_is_seen_to_have_arrived_before_that_is_said_was_taken() {
    scenario.asks(session, "req");
    long call = scenario.reply("parent", "req", YES);
    scenario.event(new SessionEvent.RequestAnswered(session, "req"));

    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.TAKEN);
    scenario.apply(new Input.RequestReplied(task, "req"));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_task_with_two_requests_goes_on_when_both_are_answered() {
    scenario.asks(session, "one");
    scenario.asks(session, "two");
    scenario.event(new SessionEvent.RequestAnswered(session, "one"));
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.view("parent", task).task().progress().requests()).hasSize(1);
    scenario.event(new SessionEvent.RequestAnswered(session, "two"));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_task_that_has_asked_more_than_was_answered_gives_back_the_slot_of_the_answer() {
    scenario.asks(session, "one");
    scenario.asks(session, "two");
    scenario.asks(session, "three");
    scenario.reply("parent", "one", YES);
    scenario.reply("parent", "two", YES);
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.apply(new Input.RequestReplied(task, "one"));
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.apply(new Input.RequestReplied(task, "two"));
    assertThat(scenario.engine.running()).isZero();
    scenario.reply("parent", "three", YES);
    scenario.apply(new Input.RequestReplied(task, "three"));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_slot_for_an_answer_that_somebody_else_has_given_meanwhile_is_given_back() {
    EngineScenario scenario = new EngineScenario("max_running=1");
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    scenario.asks(session, "one");
    scenario.asks(session, "two");
    TaskId holder = scenario.launch("parent");
    scenario.run(holder);
    scenario.reply("parent", "one", YES);
    scenario.event(new SessionEvent.RequestAnswered(session, "one"));
    scenario.finish(holder, "done");

    assertThat(scenario.engine.running()).isZero();
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    TaskId next = scenario.launch("parent");
    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void of_an_answer_that_may_have_arrived_the_next_list_tells_whether_it_has() {
    for (boolean arrived : new boolean[] {true, false}) {
      EngineScenario scenario = new EngineScenario();
      TaskId task = scenario.launch("parent");
      String session = scenario.run(task);
      scenario.asks(session, "req");
      long call = scenario.reply("parent", "req", YES);
      scenario.passSeconds(16);
      scenario.apply(new Input.RequestReplyFailed(task, "req", Code.UNCERTAIN, "cut off"));
      scenario.apply(new Input.RequestsFetched(List.of()));
      assertThat(scenario.answer(call)).isNull();
      scenario.apply(new Input.StatusesFetched(Map.of()));
      scenario.passSeconds(16);
      scenario.apply(
          new Input.RequestsFetched(
              arrived ? List.of() : List.of(EngineScenario.permission(session, "req"))));

      assertThat(scenario.fate(call)).isEqualTo(arrived ? ReplyStatus.TAKEN : ReplyStatus.REFUSED);
      assertThat(scenario.status(task))
          .isEqualTo(arrived ? TaskStatus.RUNNING : TaskStatus.INPUT_REQUIRED);
    }
  }

  @Test
  void a_request_that_was_answered_does_not_come_back_with_a_late_event_or_list() {
    scenario.asks(session, "one");
    scenario.reply("parent", "one", YES);
    scenario.apply(new Input.RequestReplied(task, "one"));
    scenario.asks(session, "one");
    scenario.apply(new Input.RequestsFetched(List.of(EngineScenario.permission(session, "one"))));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void an_answer_that_is_kept_for_a_task_that_ends_is_answered() {
    EngineScenario full = new EngineScenario("max_running=1");
    TaskId asking = full.launch("parent");
    String itsSession = full.run(asking);
    full.asks(itsSession, "req");
    full.reply("parent", "req", YES);
    long call = full.cancel("parent", asking);
    full.stops(asking);

    assertThat(full.answer(call)).isNotNull();
    assertThat(full.status(asking)).isEqualTo(TaskStatus.CANCELLED);
    assertThat(full.task(asking).progress().requests()).isEmpty();
  }

  @Test
  void an_answer_that_is_under_way_to_a_task_that_ends_was_in_vain() {
    scenario.asks(session, "req");
    long call = scenario.reply("parent", "req", YES);
    scenario.deleted(session);

    assertThat(scenario.fate(call)).isEqualTo(ReplyStatus.GONE);
  }

  @Test
  void an_agent_that_is_stopped_for_a_message_does_not_wait_for_an_answer_any_more() {
    scenario.asks(session, "req");
    long call = scenario.interrupt("parent", task, "never mind");
    scenario.apply(new Input.AbortEnded(task));
    scenario.finds(task, Kind.BROKEN, "");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.prompted(task);

    assertThat(scenario.sent(call)).isEqualTo(SendStatus.INTERRUPTED);
    assertThat(scenario.answer(scenario.reply("parent", "req", YES)))
        .isInstanceOf(Answer.UnknownRequest.class);
    scenario.asks(session, "req");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  // --- not answered

  @Test
  void what_nobody_answers_in_time_is_refused_with_a_word() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.passSeconds(59);
    assertThat(patient.allEffects(Effect.AnswerRequest.class)).isEmpty();
    patient.passSeconds(2);

    assertThat(patient.allEffects(Effect.AnswerRequest.class))
        .containsExactly(
            new Effect.AnswerRequest(
                asking, "req", new Reply.Reject("Nobody answered in time. Go on without.")));
    patient.apply(new Input.RequestReplied(asking, "req"));
    assertThat(patient.status(asking)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_permission_that_nobody_gives_in_time_is_given_if_so_set_and_a_question_is_not() {
    EngineScenario lenient =
        new EngineScenario("input_timeout_seconds=60", "on_input_timeout=allow");
    TaskId asking = lenient.launch("parent");
    String itsSession = lenient.run(asking);
    lenient.asks(itsSession, "may I?");
    lenient.event(new SessionEvent.RequestAsked(EngineScenario.question(itsSession, "why?")));
    lenient.passSeconds(61);

    assertThat(lenient.allEffects(Effect.AnswerRequest.class))
        .extracting(Effect.AnswerRequest::requestId, sent -> sent.reply().getClass())
        .containsExactly(tuple("may I?", Reply.Allow.class), tuple("why?", Reply.Reject.class));
  }

  @Test
  void a_task_that_nobody_answers_in_time_is_cancelled_if_so_set() {
    EngineScenario strict =
        new EngineScenario("input_timeout_seconds=60", "on_input_timeout=cancel");
    TaskId asking = strict.launch("parent");
    strict.asks(strict.run(asking), "req");
    strict.passSeconds(61);
    assertThat(strict.status(asking)).isEqualTo(TaskStatus.CANCELLING);
    strict.stops(asking);

    assertThat(strict.reason(asking)).isEqualTo(Reason.CANCELLED);
    assertThat(strict.outcome(asking).detail()).isEqualTo("nobody answered what it asked");
    strict.arrive();
    assertThat(strict.lastNotice().announced()).hasSize(1);
  }

  @Test
  void what_is_waited_for_without_end_is_never_answered() {
    EngineScenario patient =
        new EngineScenario("input_timeout_seconds=0", "reconcile_seconds=3600");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.pass(Duration.ofDays(40));

    assertThat(patient.status(asking)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(patient.allEffects(Effect.AnswerRequest.class)).isEmpty();
  }

  @Test
  void a_refusal_that_the_host_does_not_take_is_tried_again_later_and_not_at_once() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.passSeconds(61);
    patient.apply(new Input.RequestReplyFailed(asking, "req", Code.UNAVAILABLE, "try later"));
    patient.passSeconds(29);
    assertThat(patient.effects(Effect.AnswerRequest.class)).isEmpty();
    patient.passSeconds(2);

    assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void an_answer_that_is_refused_early_does_not_put_off_the_time_limit() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    patient.asks(patient.run(asking), "req");
    patient.reply("parent", "req", YES);
    patient.apply(new Input.RequestReplyFailed(asking, "req", Code.INVALID, "no"));
    patient.passSeconds(61);

    assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  // --- when events were lost

  @Test
  void a_request_of_which_no_event_told_is_found_when_the_host_is_asked() {
    scenario.passSeconds(16);
    assertThat(scenario.effects(Effect.FetchRequests.class)).hasSize(1);
    scenario.apply(
        new Input.RequestsFetched(
            List.of(
                EngineScenario.permission(session, "req"),
                EngineScenario.permission("ses_of_nobody", "foreign"))));
    assertThat(scenario.status(task)).as("not before a look").isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::withStatus)
        .containsExactly(true);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    assertThat(scenario.lastNotice().attention()).hasSize(1);
  }

  @Test
  void a_request_that_was_found_is_not_waited_for_for_ever_either() {
    EngineScenario patient = new EngineScenario("input_timeout_seconds=60");
    TaskId asking = patient.launch("parent");
    String itsSession = patient.run(asking);
    patient.passSeconds(16);
    patient.apply(new Input.RequestsFetched(List.of(EngineScenario.permission(itsSession, "req"))));
    patient.findsBusy(asking, Kind.WORKING);
    patient.passSeconds(61);

    assertThat(patient.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void a_request_that_is_listed_for_a_session_that_is_not_at_work_is_not_believed() {
    scenario.passSeconds(16);
    scenario.apply(new Input.RequestsFetched(List.of(EngineScenario.permission(session, "req"))));
    scenario.finds(task, Kind.WORKING, "half");
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.busy(session);
    scenario.idle(session);
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.status(task)).as("that was long ago").isEqualTo(TaskStatus.RUNNING);
    scenario.finish(task, "42");

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.COMPLETED);
  }

  @Test
  void a_request_that_the_host_does_not_show_any_more_is_over() {
    scenario.asks(session, "req");
    scenario.passSeconds(16);
    scenario.apply(new Input.RequestsFetched(List.of()));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void a_request_that_came_while_the_host_was_asked_is_not_over() {
    scenario.passSeconds(16);
    scenario.asks(session, "req");
    scenario.apply(new Input.RequestsFetched(List.of()));

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
  }

  @Test
  void a_request_that_is_just_being_answered_is_left_to_that() {
    scenario.asks(session, "req");
    scenario.passSeconds(16);
    long call = scenario.reply("parent", "req", YES);
    scenario.apply(new Input.RequestsFetched(List.of()));

    assertThat(scenario.answer(call)).isNull();
  }

  @Test
  void the_host_is_asked_again_for_requests_whether_or_not_it_could_answer() {
    scenario.passSeconds(16);
    scenario.apply(new Input.StatusesFailed());
    scenario.passSeconds(16);
    assertThat(scenario.effects(Effect.FetchRequests.class)).isEmpty();
    scenario.apply(new Input.StatusesFailed());
    scenario.apply(new Input.RequestsFailed());
    scenario.passSeconds(16);

    assertThat(scenario.effects(Effect.FetchRequests.class)).hasSize(1);
  }

  // --- answers that are kept

  @Test
  void an_answer_that_was_kept_and_may_not_have_been_taken_is_given_again() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId asking = keptAnswer(narrow);
    narrow.apply(new Input.RequestReplyFailed(asking, "req", Code.UNCERTAIN, "timeout"));
    narrow.passSeconds(16);
    narrow.apply(
        new Input.RequestsFetched(
            List.of(EngineScenario.permission(narrow.session(asking), "req"))));

    assertThat(narrow.effects(Effect.AnswerRequest.class))
        .containsExactly(new Effect.AnswerRequest(asking, "req", YES));
  }

  @Test
  void a_parent_whose_answer_was_kept_and_then_refused_is_told_that_it_is_asked_still() {
    EngineScenario narrow = new EngineScenario("max_running=1");
    TaskId asking = keptAnswer(narrow);
    int notices = narrow.notices().size();
    narrow.apply(new Input.RequestReplyFailed(asking, "req", Code.INVALID, "no"));

    assertThat(narrow.notices()).hasSize(notices + 1);
    assertThat(narrow.lastNotice().attention()).hasSize(1);
  }

  /** A task whose request was answered while it had no slot, and which has one now. */
  private static TaskId keptAnswer(EngineScenario narrow) {
    TaskId asking = narrow.launch("parent");
    narrow.asks(narrow.run(asking), "req");
    narrow.arrive();
    TaskId other = narrow.launch("parent");
    narrow.run(other);
    long call = narrow.reply("parent", "req", YES);
    assertThat(narrow.fate(call)).isEqualTo(ReplyStatus.KEPT);
    narrow.finish(other, "42");
    narrow.arrive();
    assertThat(narrow.allEffects(Effect.AnswerRequest.class)).hasSize(1);
    return asking;
  }
}
