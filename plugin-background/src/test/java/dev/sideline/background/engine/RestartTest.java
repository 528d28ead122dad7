package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.Messages;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The process ends at any point, and the next goes on with what was recorded. */
class RestartTest {

  private EngineScenario scenario = new EngineScenario();

  @Test
  void an_engine_that_begins_with_nothing_does_nothing() {
    scenario.restart();

    assertThat(scenario.effects(Effect.class)).isEmpty();
    assertThat(scenario.engine.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  // --- tasks that are live

  @Test
  void a_task_at_work_is_looked_at_and_goes_on() {
    TaskId task = running("parent");
    String session = scenario.session(task);
    scenario.restart();
    assertThat(probed()).containsExactly(task);
    assertThat(scenario.effects(Effect.FetchStatuses.class)).hasSize(1);
    assertThat(scenario.engine.observes(session)).isTrue();
    scenario.findsBusy(task, Kind.WORKING);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
    scenario.finish(task, "42");

    assertThat(scenario.outcome(task).text()).isEqualTo("42");
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(task);
  }

  @Test
  void a_task_that_has_finished_meanwhile_ends_as_that_and_its_parent_is_told() {
    TaskId task = running("parent");
    scenario.restart();
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.lastNotice().announced()).extracting(Task::id).containsExactly(task);
  }

  @Test
  void a_task_that_is_late_after_a_restart_is_looked_at_before_it_is_stopped() {
    EngineScenario timed = new EngineScenario();
    TaskId finished = timed.launching("parent").timeoutSeconds(60).accepted();
    TaskId working = timed.launching("parent").timeoutSeconds(60).accepted();
    timed.run(finished);
    timed.run(working);
    timed.passSeconds(59);
    timed.restart();
    timed.passSeconds(2);
    assertThat(timed.status(finished)).isEqualTo(TaskStatus.RUNNING);
    timed.finds(finished, Kind.FINISHED, "42");
    timed.findsBusy(working, Kind.WORKING);
    timed.passSeconds(2);

    assertThat(timed.reason(finished)).isEqualTo(Reason.OK);
    assertThat(timed.status(working)).isEqualTo(TaskStatus.CANCELLING);
  }

  @Test
  void a_task_whose_session_has_gone_meanwhile_ends_as_that() {
    TaskId task = running("parent");
    scenario.restart();
    scenario.finds(task, Kind.NOT_FOUND, "");

    assertThat(scenario.reason(task)).isEqualTo(Reason.SESSION_DELETED);
  }

  @Test
  void a_session_that_may_have_been_created_is_looked_for_before_another_is() {
    TaskId task = scenario.launch("parent");
    scenario.restart();
    assertThat(scenario.effects(Effect.OpenSession.class)).isEmpty();
    scenario.passSeconds(2);

    List<Effect.OpenSession> opens = scenario.effects(Effect.OpenSession.class);
    assertThat(opens).hasSize(1);
    assertThat(opens.get(0).perhapsOpened()).isTrue();
    scenario.run(task);
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_start_has_all_its_time_again_however_long_there_was_no_process() {
    TaskId task = scenario.launch("parent");
    scenario.restartAfter(Duration.ofHours(1));
    scenario.passSeconds(2);
    scenario.run(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void a_prompt_that_may_not_have_arrived_is_given_again_under_the_same_id() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    String prompt = scenario.task(task).promptId();
    scenario.restart();
    assertThat(scenario.effects(Effect.SendPrompt.class)).isEmpty();
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");

    List<Effect.SendPrompt> sent = scenario.effects(Effect.SendPrompt.class);
    assertThat(sent).hasSize(1);
    assertThat(sent.get(0).task().promptId()).isEqualTo(prompt);
    assertThat(sent.get(0).text()).isEqualTo("do it");
  }

  @Test
  void a_prompt_that_has_arrived_is_not_given_again() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    scenario.restart();
    scenario.passSeconds(2);
    scenario.finds(task, Kind.FINISHED, "42");

    assertThat(scenario.reason(task)).isEqualTo(Reason.OK);
    assertThat(scenario.allEffects(Effect.SendPrompt.class)).hasSize(1);
  }

  @Test
  void a_task_that_is_being_stopped_is_told_so_again_and_ends_as_it_would_have() {
    TaskId task = running("parent");
    scenario.cancel("parent", task);
    scenario.restart();
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(1);
    scenario.stops(task);
    // A notice that was under way when the process ended may set it to work yet.
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.CANCELLING);
    scenario.passSeconds(3);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
    assertThat(scenario.outcome(task).detail()).isEqualTo("not needed");
    // Whoever has cancelled it knows.
    assertThat(scenario.notices()).isEmpty();
  }

  @Test
  void a_task_that_does_not_stop_after_a_restart_either_is_given_up() {
    scenario = new EngineScenario("cancel_grace_seconds=10");
    TaskId task = running("parent");
    scenario.cancel("parent", task);
    scenario.restart();
    scenario.passSeconds(21);

    assertThat(scenario.reason(task)).isEqualTo(Reason.ABANDONED);
  }

  @Test
  void a_session_that_a_stopped_task_may_have_got_is_removed() {
    TaskId task = scenario.launch("parent");
    scenario.cancel("parent", task);
    scenario.restart();
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.OpenSession.class).get(0).perhapsOpened()).isTrue();
    String session = scenario.open(task);

    assertThat(scenario.effects(Effect.DeleteSession.class))
        .containsExactly(new Effect.DeleteSession(session));
    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED);
  }

  // --- what they are told

  @Test
  void a_message_that_was_kept_is_given_when_its_task_has_begun() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    long call = scenario.send("parent", task, "and be quick");
    assertThat(scenario.sent(call)).isEqualTo(Answer.SendStatus.KEPT);
    scenario.restart();
    scenario.passSeconds(2);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.messages(task)).containsExactly("do it", "and be quick");
  }

  @Test
  void a_message_that_was_kept_does_not_pass_over_a_prompt_that_has_not_arrived() {
    TaskId task = scenario.launch("parent");
    scenario.open(task);
    scenario.send("parent", task, "and be quick");
    scenario.restart();
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.messages(task)).containsExactly("do it", "do it");
    scenario.prompted(task);

    assertThat(scenario.messages(task)).containsExactly("do it", "do it", "and be quick");
  }

  @Test
  void messages_are_given_in_their_order_and_the_last_again_if_it_has_not_arrived() {
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    scenario.send("parent", task, "two");
    scenario.restart();
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.messages(task)).containsExactly("do it", "one", "one");
    scenario.prompted(task);

    assertThat(scenario.messages(task)).containsExactly("do it", "one", "one", "two");
  }

  @Test
  void the_first_message_to_a_task_that_nobody_has_launched_is_given() {
    running("parent");
    TaskId adopted = scenario.adopt("parent", "ses_own");
    scenario.findsBusy(adopted, Kind.WORKING);
    scenario.interrupt("parent", adopted, "stop that");
    scenario.restart();
    scenario.stops(adopted);
    scenario.passSeconds(3);
    scenario.stops(adopted);

    assertThat(scenario.messages(adopted)).containsExactly("stop that");
  }

  @Test
  void a_message_that_was_to_be_given_again_is_given_again_once() {
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    recordRepeat(task);
    scenario.restart();
    unprompted(task);
    assertThat(scenario.messages(task)).containsExactly("do it", "one", "one");
    scenario.prompted(task);

    assertThat(scenario.messages(task)).containsExactly("do it", "one", "one");
  }

  @Test
  void a_message_that_was_to_be_given_again_and_has_arrived_is_not() {
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    recordRepeat(task);
    scenario.restart();
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.messages(task)).containsExactly("do it", "one");
  }

  /** The last message of a task waited for a slot to be given again when the process ended. */
  private void recordRepeat(TaskId task) {
    RecordedTask recorded =
        scenario.store.load().toCompletableFuture().join().tasks().stream()
            .filter(found -> found.task().id().equals(task))
            .findFirst()
            .orElseThrow();
    Handling handling = recorded.handling();
    Messages before = handling.messages();
    Messages repeated =
        new Messages(before.last(), before.sentAs(), before.promptBefore(), List.of(before.last()));
    TaskStateRow row =
        TaskStateRow.of(
            recorded.task(),
            recorded.version() + 1,
            new Handling(null, false, handling.attempts(), repeated, List.of(), null));
    var unused = scenario.store.save(new Changes.Builder().move(row).drain());
  }

  // --- whether they are at work

  @Test
  void a_task_that_is_seen_at_work_keeps_its_slot_and_is_told_more_at_once() {
    scenario = new EngineScenario("max_running=1");
    TaskId task = running("parent");
    TaskId other = scenario.launch("parent");
    scenario.restart();
    scenario.findsBusy(task, Kind.WORKING);
    scenario.send("parent", task, "one");

    assertThat(scenario.messages(task)).containsExactly("do it", "one");
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void a_task_whose_last_message_is_not_there_may_be_at_work_on_the_one_before() {
    scenario = new EngineScenario("max_running=1");
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    scenario.promptFails(task, Code.UNCERTAIN);
    TaskId other = scenario.launch("parent");
    scenario.restart();

    assertThat(scenario.effects(Effect.Probe.class))
        .extracting(Effect.Probe::withStatus)
        .containsExactly(true);
    scenario.findsBusy(task, Kind.UNPROMPTED);
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void a_task_keeps_its_place_while_a_message_may_still_be_on_its_way_to_it() {
    scenario = new EngineScenario("max_running=1");
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    TaskId other = scenario.launch("parent");
    scenario.restart();
    scenario.finds(task, Kind.UNPROMPTED, "");
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
    scenario.passSeconds(4);
    scenario.findsBusy(task, Kind.WORKING);

    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
  }

  @Test
  void a_task_that_is_not_at_work_gives_its_slot_to_the_next() {
    scenario = new EngineScenario("max_running=1");
    TaskId upper = running("parent");
    TaskId below = scenario.launch(scenario.session(upper));
    scenario.restart();
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.finds(upper, Kind.FINISHED, "I wait for mine");

    assertThat(scenario.status(upper)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.status(below)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void the_texts_of_messages_are_recorded_once_and_gone_when_their_task_is() {
    scenario = new EngineScenario("max_running=1");
    TaskId task = running("parent");
    scenario.send("parent", task, "one");
    scenario.prompted(task);
    scenario.send("parent", task, "two");
    assertThat(kept()).extracting(MessageRow::text).containsExactly("two");
    scenario.prompted(task);
    scenario.finish(task, "42");

    assertThat(kept()).isEmpty();
  }

  // --- what they ask

  @Test
  void what_a_parent_knows_a_task_to_ask_it_is_not_told_again() {
    TaskId task = running("parent");
    scenario.asks(scenario.session(task), "req_1");
    scenario.arrive();
    scenario.restart();
    assertThat(scenario.status(task)).isEqualTo(TaskStatus.INPUT_REQUIRED);
    lists(task, "req_1");
    scenario.passSeconds(60);

    assertThat(scenario.notices()).hasSize(1);
    scenario.reply("parent", "req_1", new Reply.Allow());
    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void what_a_task_asks_and_nobody_knows_yet_is_told() {
    TaskId task = running("parent");
    scenario.asks(scenario.session(task), "req_1");
    Notice owed = scenario.lastNotice();
    scenario.parentBusy(owed);
    scenario.restart();
    scenario.passSeconds(2);
    scenario.apply(new Input.NoticeMissing("parent", owed.messageId()));

    assertThat(scenario.notices()).hasSize(2);
    assertThat(scenario.lastNotice().attention()).extracting(Task::id).containsExactly(task);
  }

  @Test
  void a_task_whose_request_was_answered_meanwhile_goes_on() {
    TaskId task = running("parent");
    scenario.asks(scenario.session(task), "req_1");
    scenario.restart();
    lists(task);

    assertThat(scenario.status(task)).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void an_answer_that_was_kept_is_given_when_there_is_a_slot() {
    scenario = new EngineScenario("max_running=1");
    TaskId asking = running("parent");
    scenario.asks(scenario.session(asking), "req_1");
    TaskId other = running("parent");
    long call = scenario.reply("parent", "req_1", new Reply.Allow());
    assertThat(scenario.fate(call)).isEqualTo(Answer.ReplyStatus.KEPT);
    scenario.restart();
    lists(asking, "req_1");
    assertThat(scenario.effects(Effect.AnswerRequest.class)).isEmpty();
    scenario.finds(other, Kind.FINISHED, "42");

    assertThat(scenario.effects(Effect.AnswerRequest.class))
        .containsExactly(new Effect.AnswerRequest(asking, "req_1", new Reply.Allow()));
  }

  @Test
  void nobody_works_in_the_place_of_one_that_may_have_been_answered() {
    scenario = new EngineScenario("max_running=1");
    TaskId asking = running("parent");
    scenario.asks(scenario.session(asking), "req_1");
    scenario.reply("parent", "req_1", new Reply.Allow());
    TaskId other = scenario.launch("parent");
    scenario.restart();
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
    lists(asking);

    assertThat(scenario.status(asking)).isEqualTo(TaskStatus.RUNNING);
    assertThat(scenario.status(other)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.engine.running()).isEqualTo(1);
  }

  @Test
  void an_answer_that_was_kept_is_not_given_to_a_task_that_is_told_to_stop() {
    scenario = new EngineScenario("max_running=1");
    TaskId asking = running("parent");
    scenario.asks(scenario.session(asking), "req_1");
    TaskId other = running("parent");
    scenario.reply("parent", "req_1", new Reply.Allow());
    scenario.restart();
    scenario.cancel("parent", asking);
    lists(asking, "req_1");
    scenario.finds(other, Kind.FINISHED, "42");
    scenario.stops(asking);
    scenario.passSeconds(3);
    scenario.stops(asking);

    assertThat(scenario.allEffects(Effect.AnswerRequest.class)).isEmpty();
    assertThat(scenario.reason(asking)).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void one_that_nobody_answers_in_time_is_refused_when_it_is_known_that_it_was_not_answered() {
    TaskId asking = mayHaveBeenAnsweredWhenItsTimeIsUp();
    assertThat(scenario.effects(Effect.AnswerRequest.class)).isEmpty();
    lists(asking, "req_1");

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  @Test
  void one_that_was_answered_before_its_time_was_up_goes_on() {
    TaskId asking = mayHaveBeenAnsweredWhenItsTimeIsUp();
    lists(asking);

    assertThat(scenario.effects(Effect.AnswerRequest.class)).isEmpty();
    assertThat(scenario.status(asking)).isEqualTo(TaskStatus.RUNNING);
  }

  private TaskId mayHaveBeenAnsweredWhenItsTimeIsUp() {
    scenario = new EngineScenario("input_timeout_seconds=100");
    TaskId asking = running("parent");
    scenario.asks(scenario.session(asking), "req_1");
    scenario.reply("parent", "req_1", new Reply.Allow());
    scenario.passSeconds(90);
    scenario.restart();
    scenario.findsBusy(asking, Kind.WORKING);
    scenario.passSeconds(11);
    return asking;
  }

  @Test
  void the_time_within_which_a_request_is_to_be_answered_goes_on() {
    scenario = new EngineScenario("input_timeout_seconds=100");
    TaskId task = running("parent");
    scenario.asks(scenario.session(task), "req_1");
    scenario.passSeconds(60);
    scenario.restart();
    lists(task, "req_1");
    scenario.passSeconds(39);
    assertThat(scenario.effects(Effect.AnswerRequest.class)).isEmpty();
    scenario.passSeconds(2);

    assertThat(scenario.effects(Effect.AnswerRequest.class)).hasSize(1);
  }

  // --- tasks that wait

  @Test
  void tasks_that_wait_for_a_slot_start_in_the_order_of_their_launch() {
    scenario = new EngineScenario("max_running=1");
    TaskId first = running("parent");
    TaskId second = scenario.launch("parent");
    TaskId third = scenario.launch("parent");
    scenario.restart();
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    assertThat(scenario.engine.running()).isEqualTo(1);
    scenario.finds(first, Kind.FINISHED, "42");
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
    scenario.run(second);
    scenario.finish(second, "43");

    assertThat(scenario.status(third)).isEqualTo(TaskStatus.STARTING);
  }

  @Test
  void a_task_that_follows_another_still_does() {
    TaskId first = running("parent");
    TaskId second = scenario.launch("parent", LaunchOptions.NONE, first);
    scenario.restart();
    assertThat(scenario.status(second)).isEqualTo(TaskStatus.PENDING);
    scenario.finds(first, Kind.FINISHED, "42");

    assertThat(scenario.status(second)).isEqualTo(TaskStatus.STARTING);
  }

  private TaskId running(String parent) {
    TaskId task = scenario.launch(parent);
    scenario.run(task);
    return task;
  }

  /** The host lists what waits for an answer; it was asked for that after the restart. */
  private void lists(TaskId task, String... requests) {
    String session = scenario.session(task);
    scenario.apply(
        new Input.RequestsFetched(
            Stream.of(requests).map(id -> EngineScenario.permission(session, id)).toList()));
  }

  /** Two probes in a row show that a session has not got what it was told. */
  private void unprompted(TaskId task) {
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
    scenario.passSeconds(4);
    scenario.finds(task, Kind.UNPROMPTED, "");
  }

  private List<MessageRow> kept() {
    return scenario.store.load().toCompletableFuture().join().messages();
  }

  private List<TaskId> probed() {
    return scenario.effects(Effect.Probe.class).stream().map(Effect.Probe::task).toList();
  }
}
