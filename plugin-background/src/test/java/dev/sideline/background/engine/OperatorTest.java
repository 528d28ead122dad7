package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.Reply;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What whoever runs the host sees of all tasks, and does about them. */
class OperatorTest {

  private EngineScenario scenario = new EngineScenario();

  @Test
  void all_tasks_of_all_sessions_are_seen_newest_first_and_settled_ones_too() {
    TaskId ended = scenario.launch("one parent");
    scenario.run(ended);
    scenario.finish(ended, "42");
    scenario.passSeconds(2);
    scenario.arrive();
    TaskId running = scenario.launch("one parent");
    String session = scenario.run(running);
    TaskId below = scenario.launch(session);
    TaskId other = scenario.launch("another parent");

    assertThat(scenario.seeAll())
        .extracting(view -> view.task().id())
        .containsExactly(other, below, running, ended);
    assertThat(scenario.engine.size()).as("the settled one is finished").isEqualTo(3);
    assertThat(scenario.see(ended))
        .singleElement()
        .satisfies(
            view -> {
              assertThat(view.task().status()).isEqualTo(TaskStatus.COMPLETED);
              assertThat(view.changedMillis()).isEqualTo(view.task().settledMillis());
            });
    assertThat(scenario.see(new TaskId("bg_unknown"))).isEmpty();
  }

  @Test
  void the_time_of_the_last_change_is_that_of_the_last_change_of_state() {
    TaskId task = scenario.launch("parent");
    long launched = only(task).changedMillis();
    scenario.passSeconds(5);
    String session = scenario.run(task);
    assertThat(only(task).changedMillis()).isEqualTo(launched + 5_000);
    scenario.passSeconds(5);
    scenario.toolUse(session, "call_1", "grep");
    assertThat(only(task).changedMillis()).isEqualTo(launched + 5_000);
    scenario.asks(session, "req");

    assertThat(only(task).changedMillis()).isEqualTo(launched + 10_000);
    assertThat(only(task).task().createdMillis()).isEqualTo(launched);
  }

  @Test
  void it_is_told_what_a_task_waits_for() {
    scenario = new EngineScenario("max_running=1", "input_timeout_seconds=100");
    TaskId first = scenario.launch("parent");
    TaskId second = scenario.launch("parent");
    TaskId third = scenario.launch("parent", LaunchOptions.NONE, first, second);
    String session = scenario.run(first);

    assertThat(only(first).queuePosition()).isZero();
    assertThat(only(second).queuePosition()).isEqualTo(1);
    assertThat(only(second).limit()).isEqualTo(new Limit("max_running", 1, null));
    assertThat(only(third).after()).containsExactly(first, second);
    scenario.finish(first, "42");
    assertThat(only(third).after()).containsExactly(second);

    String asking = scenario.run(second);
    scenario.asks(asking, "req");
    assertThat(only(second).task().progress().requests()).hasSize(1);
    assertThat(only(second).timeouts())
        .containsExactly(Map.entry("req", only(second).changedMillis() + 100_000));
    assertThat(session).isNotEqualTo(asking);
  }

  @Test
  void a_task_that_is_cancelled_stops_with_all_below_it_and_its_parent_is_told_by_whom() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    long call = scenario.cancelAsOperator(task, "too dear");
    assertThat(scenario.answer(call)).isNull();
    assertThat(scenario.effects(Effect.Abort.class)).hasSize(2);
    scenario.stops(below);
    scenario.stops(task);

    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED_BY_OPERATOR);
    assertThat(scenario.reason(below)).isEqualTo(Reason.PARENT_GONE);
    assertThat(((Answer.OperatorViews) scenario.answer(call)).tasks())
        .extracting(view -> view.task().outcome().detail())
        .containsExactly("too dear");
    assertThat(scenario.lastNotice().announced())
        .extracting(told -> told.id())
        .containsExactly(task);
  }

  @Test
  void a_task_that_waits_for_its_turn_is_cancelled_at_once() {
    scenario = new EngineScenario("max_running=1");
    scenario.run(scenario.launch("parent"));
    TaskId task = scenario.launch("parent");
    long call = scenario.cancelAsOperator(task, null);

    assertThat(((Answer.OperatorViews) scenario.answer(call)).tasks())
        .extracting(view -> view.task().status())
        .containsExactly(TaskStatus.CANCELLED);
  }

  @Test
  void what_would_not_stop_is_shown_as_abandoned() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.cancelAsOperator(task, null);
    scenario.passSeconds(31);

    assertThat(((Answer.OperatorViews) scenario.answer(call)).tasks())
        .extracting(view -> view.task().outcome().reason())
        .containsExactly(Reason.ABANDONED);
  }

  @Test
  void a_task_that_is_over_stays_as_it_was() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.finish(task, "42");
    long call = scenario.cancelAsOperator(task, "too late");
    long unknown = scenario.cancelAsOperator(new TaskId("bg_unknown"), null);

    assertThat(((Answer.OperatorViews) scenario.answer(call)).tasks())
        .extracting(view -> view.task().outcome().reason())
        .containsExactly(Reason.OK);
    assertThat(scenario.answer(unknown)).isEqualTo(new Answer.OperatorViews(List.of()));
  }

  @Test
  void a_task_that_could_not_be_recorded_is_none_to_whoever_has_cancelled_it() {
    TaskId lost = scenario.launch("parent");
    long call = scenario.cancelAsOperator(lost, null);
    assertThat(scenario.answer(call)).isNull();
    scenario.apply(Input.NotStored.of(lost, 99));

    assertThat(scenario.answer(call)).isEqualTo(new Answer.OperatorViews(List.of()));
  }

  @Test
  void a_task_that_was_dropped_as_it_ended_is_shown_to_whoever_has_cancelled_it() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.cancelAsOperator(task, "not now");
    scenario.deleted("parent");
    scenario.stops(task);
    assertThat(scenario.see(task)).isEmpty();

    assertThat(((Answer.OperatorViews) scenario.answer(call)).tasks())
        .extracting(view -> view.task().outcome().detail())
        .containsExactly("not now");
  }

  @Test
  void a_request_is_answered_whoever_has_launched_its_task() {
    TaskId task = scenario.launch("parent");
    scenario.asks(scenario.run(task), "req");
    long call = scenario.answerAsOperator("req", new Reply.AllowAlways());
    assertThat(scenario.effects(Effect.AnswerRequest.class))
        .containsExactly(new Effect.AnswerRequest(task, "req", new Reply.AllowAlways()));
    long second = scenario.answerAsOperator("req", new Reply.Reject("no"));
    scenario.apply(new Input.RequestReplied(task, "req"));

    assertThat(scenario.answer(call))
        .isEqualTo(new Answer.OperatorAnswered(ReplyStatus.TAKEN, null));
    assertThat(scenario.answer(second))
        .isEqualTo(
            new Answer.OperatorAnswered(ReplyStatus.REFUSED, "another answer to it is under way"));
    assertThat(scenario.answer(scenario.answerAsOperator("req", new Reply.Allow())))
        .isEqualTo(new Answer.OperatorAnswered(ReplyStatus.GONE, null));
  }

  @Test
  void a_shutdown_answers_whoever_waits_for_a_task_to_stop() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long call = scenario.cancelAsOperator(task, null);
    scenario.apply(new Input.Shutdown());

    assertThat(scenario.answer(call)).isNotNull();
    scenario.finds(task, Kind.STOPPED, "");
    assertThat(scenario.reason(task)).isEqualTo(Reason.CANCELLED_BY_OPERATOR);
  }

  private OperatorView only(TaskId task) {
    return scenario.see(task).get(0);
  }
}
