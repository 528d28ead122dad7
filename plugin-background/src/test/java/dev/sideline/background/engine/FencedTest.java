package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A task that another owner has taken is that owner's, and nothing is done about it here. */
class FencedTest {

  private final EngineScenario scenario = new EngineScenario("max_running=1");

  @Test
  void a_task_that_is_another_owners_goes_without_a_word_and_leaves_its_slot() {
    TaskId task = scenario.launch("parent");
    String session = scenario.run(task);
    TaskId next = scenario.launch("parent");
    int before = scenario.allEffects(Effect.class).size();

    fence(task);

    assertThat(scenario.status(next)).isEqualTo(TaskStatus.STARTING);
    assertThat(scenario.readable("parent", task)).isFalse();
    scenario.apply(new Input.Probed(task, 1, EngineScenario.seen(Kind.FINISHED, "42")));
    scenario.idle(session);
    scenario.passSeconds(3_600);
    List<Effect> all = scenario.allEffects(Effect.class);
    assertThat(all.subList(before, all.size()))
        .filteredOn(effect -> !(effect instanceof Effect.Reply))
        .noneMatch(effect -> effect.toString().contains(task.value()))
        .noneMatch(effect -> effect.toString().contains(session));
  }

  @Test
  void its_record_stays_as_it_is() {
    TaskId running = scenario.launch("parent");
    scenario.run(running);
    TaskId pending = scenario.launch("parent");
    List<RecordedTask> before = stored();

    scenario.apply(new Input.Fenced(Set.of(running, pending)));
    scenario.pass(Duration.ofHours(2));

    assertThat(stored()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void a_settled_task_that_is_another_owners_is_not_read_here_and_not_forgotten_there() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    scenario.finish(task, "42");
    scenario.arrive();
    assertThat(scenario.readable("parent", task)).isTrue();

    fence(task);
    scenario.pass(Duration.ofDays(2));

    assertThat(scenario.readable("parent", task)).isFalse();
    assertThat(stored()).extracting(entry -> entry.task().id()).containsExactly(task);
  }

  @Test
  void whoever_waits_for_it_is_answered() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long wait = scenario.await("parent", WaitMode.ALL, task);
    long send = scenario.send("parent", task, "hello");
    assertThat(scenario.answer(wait)).isNull();
    assertThat(scenario.answer(send)).isNull();

    fence(task);

    assertThat(scenario.answer(wait)).isInstanceOf(Answer.Shown.class);
    assertThat(scenario.sent(send)).isEqualTo(Answer.SendStatus.UNDER_WAY);
  }

  @Test
  void what_it_waits_for_itself_is_answered_too() {
    EngineScenario two = new EngineScenario();
    TaskId task = two.launch("parent");
    String session = two.run(task);
    TaskId own = two.launch(session);
    two.run(own);
    long wait = two.await(session, WaitMode.ALL, own);
    assertThat(two.answer(wait)).isNull();
    two.apply(new Input.Fenced(Set.of(task)));

    assertThat(two.answer(wait)).isInstanceOf(Answer.Shown.class);
  }

  @Test
  void what_was_to_follow_on_it_is_not_kept_waiting() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    TaskId follower = scenario.launching("parent").after(task).accepted();
    assertThat(scenario.status(follower)).isEqualTo(TaskStatus.PENDING);
    fence(task);

    assertThat(scenario.reason(follower)).isEqualTo(Reason.DEPENDENCY_FAILED);
  }

  @Test
  void whoever_waits_until_it_has_stopped_is_answered() {
    TaskId task = scenario.launch("parent");
    scenario.run(task);
    long cancel = scenario.cancel("parent", task);
    assertThat(scenario.answer(cancel)).isNull();

    fence(task);

    assertThat(scenario.answer(cancel)).isInstanceOf(Answer.CancelEnded.class);
  }

  @Test
  void a_session_that_is_created_late_is_the_other_owners() {
    TaskId task = scenario.launch("parent");
    fence(task);
    scenario.open(task);

    assertThat(scenario.effects(Effect.DeleteSession.class)).isEmpty();
  }

  @Test
  void a_notice_under_way_does_not_tell_of_it_any_more() {
    EngineScenario two = new EngineScenario();
    TaskId gone = two.launch("parent");
    TaskId other = two.launch("parent");
    two.run(gone);
    two.run(other);
    two.finish(gone, "41");
    two.noticeFails(two.lastNotice(), Code.UNAVAILABLE);
    two.finish(other, "42");
    two.apply(new Input.Fenced(Set.of(gone)));
    two.passSeconds(120);
    two.arrive();

    Notice last = two.lastNotice();
    assertThat(last.announced()).extracting(Task::id).containsExactly(other);
    assertThat(last.finished()).extracting(Task::id).containsExactly(other);
    assertThat(two.store.load().toCompletableFuture().join().owed()).isEmpty();
    assertThat(two.readable("parent", other)).isTrue();
    assertThat(two.engine.size()).isZero();
  }

  @Test
  void the_name_of_its_launch_is_free_again() {
    TaskId task = scenario.launching("parent").key("once").accepted();
    fence(task);

    assertThat(scenario.launching("parent").key("once").accepted()).isNotEqualTo(task);
  }

  private void fence(TaskId task) {
    scenario.apply(new Input.Fenced(Set.of(task)));
  }

  private List<RecordedTask> stored() {
    return scenario.store.load().toCompletableFuture().join().tasks();
  }
}
