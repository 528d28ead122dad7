package dev.sideline.background.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What parents are told. */
class NoticeTest {

  private final EngineScenario scenario = new EngineScenario();
  private final TaskId first = scenario.launch("parent");
  private final TaskId second = scenario.launch("parent");

  @Test
  void a_parent_is_told_of_each_and_woken_when_all_have_ended() {
    end(first);
    assertThat(scenario.lastNotice().wake()).isFalse();
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(first);
    assertThat(scenario.lastNotice().stillRunning()).isEqualTo(1);
    scenario.arrive();
    end(second);

    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(second);
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(first, second);
  }

  @Test
  void what_ends_while_a_notice_is_under_way_is_told_by_the_next_and_not_lost() {
    end(first);
    end(second);
    assertThat(scenario.notices()).hasSize(1);
    scenario.arrive();

    assertThat(scenario.notices()).hasSize(2);
    assertThat(scenario.lastNotice().wake()).isTrue();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void a_task_is_announced_once_and_not_again_with_the_next_batch() {
    end(first);
    end(second);
    scenario.arrive();
    TaskId third = scenario.launch("parent");
    end(third);
    scenario.arrive();

    assertThat(scenario.notices().stream().flatMap(notice -> notice.announced().stream()))
        .extracting(Task::id)
        .containsExactly(first, second, third);
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(third);
  }

  @Test
  void a_notice_is_tried_until_it_arrives_at_growing_intervals() {
    end(first);
    for (int seconds : List.of(1, 2, 4, 8, 16, 32, 60, 60)) {
      scenario.noticeFails(scenario.lastNotice(), Code.UNAVAILABLE);
      scenario.passSeconds(seconds - 1);
      assertThat(scenario.effects(Effect.SendNotice.class)).isEmpty();
      scenario.passSeconds(1);
      assertThat(scenario.effects(Effect.SendNotice.class)).hasSize(1);
    }
  }

  @Test
  void a_notice_that_surely_did_not_arrive_gets_a_new_message_id_and_the_old_is_not_owed() {
    end(first);
    Notice lost = scenario.lastNotice();
    scenario.noticeFails(lost, Code.UNAVAILABLE);
    scenario.passSeconds(2);

    assertThat(scenario.lastNotice().messageId()).isNotEqualTo(lost.messageId());
    assertThat(scenario.store.load().toCompletableFuture().join().owed())
        .containsExactly(NoticeRow.of(scenario.lastNotice()));
  }

  @Test
  void a_notice_that_may_have_arrived_is_looked_for_before_it_is_sent_again() {
    end(first);
    Notice notice = scenario.lastNotice();
    scenario.noticeFails(notice, Code.UNCERTAIN);
    scenario.passSeconds(2);
    assertThat(scenario.effects(Effect.SendNotice.class)).isEmpty();
    assertThat(scenario.effects(Effect.ProbeNotice.class)).hasSize(1);
    scenario.apply(new Input.NoticeArrived("parent", notice.messageId()));

    assertThat(scenario.notices()).hasSize(1);
    assertThat(scenario.store.load().toCompletableFuture().join().owed()).isEmpty();
  }

  @Test
  void a_notice_that_is_missing_is_sent_again() {
    end(first);
    Notice notice = scenario.lastNotice();
    scenario.noticeFails(notice, Code.UNCERTAIN);
    scenario.passSeconds(2);
    scenario.apply(new Input.NoticeMissing("parent", notice.messageId()));

    assertThat(scenario.notices()).hasSize(2);
    assertThat(scenario.lastNotice().announced()).isEqualTo(notice.announced());
  }

  @Test
  void a_second_arrival_of_the_same_notice_changes_nothing() {
    end(first);
    end(second);
    Notice notice = scenario.lastNotice();
    scenario.arrive();
    int before = scenario.notices().size();
    scenario.apply(new Input.NoticeArrived("parent", notice.messageId()));

    assertThat(scenario.notices()).hasSize(before);
  }

  @Test
  void a_task_whose_notice_is_under_way_or_whose_sibling_runs_is_readable_and_not_trimmed() {
    EngineScenario small = new EngineScenario("retained_max_count=1");
    TaskId done = small.launch("parent");
    TaskId running = small.launch("parent");
    small.run(done);
    small.run(running);
    small.finish(done, "42");
    small.arrive();
    TaskId foreign = small.launch("other");
    small.run(foreign);
    small.finish(foreign, "x");
    small.arrive();
    TaskId another = small.launch("other");
    small.run(another);
    small.finish(another, "y");
    small.arrive();

    assertThat(small.readable("other", foreign)).isFalse();
    assertThat(small.readable("parent", done)).isTrue();
    small.clear("parent");
    assertThat(small.readable("parent", done)).isTrue();
  }

  @Test
  void failure_and_its_reason_stand_in_the_notice() {
    scenario.idle(scenario.run(first));
    scenario.finds(first, Kind.BROKEN, "no credit");

    assertThat(scenario.lastNotice().announced().get(0).status()).isEqualTo(TaskStatus.FAILED);
    assertThat(scenario.lastNotice().announced().get(0).outcome().detail()).isEqualTo("no credit");
  }

  @Test
  void what_its_parent_has_cancelled_is_not_announced_to_it() {
    scenario.run(first);
    scenario.cancel("parent", first);
    scenario.apply(new Input.AbortEnded(first));
    scenario.finds(first, Kind.BROKEN, "");
    assertThat(scenario.notices()).isEmpty();
    end(second);

    assertThat(ids(scenario.lastNotice().announced())).containsExactly(second);
    assertThat(ids(scenario.lastNotice().finished())).containsExactly(first, second);
  }

  @Test
  void what_somebody_above_has_cancelled_is_announced_to_its_parent() {
    String session = scenario.run(first);
    TaskId below = scenario.launch(session);
    scenario.run(below);
    scenario.cancel("parent", below);
    scenario.apply(new Input.AbortEnded(below));
    scenario.finds(below, Kind.BROKEN, "");

    assertThat(scenario.lastNotice().parent()).isEqualTo(session);
    assertThat(ids(scenario.lastNotice().announced())).containsExactly(below);
  }

  @Test
  void a_notice_that_the_host_refuses_is_tried_without_an_agent_and_then_given_up_and_shown() {
    EngineScenario alone = new EngineScenario();
    TaskId task = alone.launch("parent");
    alone.run(task);
    alone.finish(task, "42");
    Notice first = alone.lastNotice();
    alone.noticeFails(first, Code.INVALID);
    Effect.SendNotice second = alone.effects(Effect.SendNotice.class).get(0);
    assertThat(second.plain()).isTrue();
    assertThat(second.notice().messageId()).isNotEqualTo(first.messageId());
    alone.noticeFails(second.notice(), Code.INVALID);
    alone.passSeconds(4_000);

    assertThat(alone.notices()).hasSize(2);
    assertThat(alone.published(PluginEvent.Toast.class))
        .anySatisfy(
            toast -> {
              assertThat(toast.level()).isEqualTo(PluginEvent.Toast.Level.ERROR);
              assertThat(toast.title()).isEqualTo("A session could not be told");
            });
    assertThat(alone.readable("parent", task)).isTrue();
    assertThat(alone.engine.size()).as("nothing is pinned").isZero();
    assertThat(alone.store.load().toCompletableFuture().join().owed()).isEmpty();
  }

  @Test
  void what_comes_after_a_notice_that_was_refused_is_told_as_if_nothing_had_been() {
    EngineScenario alone = new EngineScenario();
    TaskId task = alone.launch("parent");
    alone.run(task);
    alone.finish(task, "42");
    alone.noticeFails(alone.lastNotice(), Code.UNSUPPORTED);
    alone.noticeFails(alone.lastNotice(), Code.UNSUPPORTED);
    TaskId next = alone.launch("parent");
    alone.run(next);
    alone.finish(next, "43");

    assertThat(alone.effects(Effect.SendNotice.class))
        .singleElement()
        .satisfies(
            send -> {
              assertThat(send.plain()).isFalse();
              assertThat(send.notice().announced()).extracting(Task::id).containsExactly(next);
            });
  }

  @Test
  void a_parent_that_is_gone_is_not_told_and_owes_nothing() {
    end(first);
    end(second);
    scenario.noticeFails(scenario.lastNotice(), Code.NOT_FOUND);

    assertThat(scenario.store.load().toCompletableFuture().join().owed()).isEmpty();
    assertThat(scenario.engine.size()).isZero();
  }

  @Test
  void when_a_parent_is_deleted_its_finished_tasks_are_dropped_and_the_others_cancelled() {
    end(first);
    scenario.run(second);
    scenario.deleted("parent");

    assertThat(scenario.status(second)).isEqualTo(TaskStatus.CANCELLING);
    assertThat(scenario.readable("parent", first)).isFalse();
    assertThat(scenario.answer(scenario.tryLaunch("parent"))).isEqualTo(new Answer.CallerEnded());
  }

  @Test
  void when_a_parent_is_deleted_what_it_was_told_of_is_forgotten_and_what_those_launched_is_not() {
    TaskId below = scenario.launch(scenario.run(first));
    scenario.run(below);
    scenario.finish(below, "41");
    scenario.arrive();
    scenario.finish(first, "42");
    end(second);
    scenario.arrive();
    String session = scenario.session(first);
    scenario.deleted("parent");

    assertThat(scenario.readable("parent", first)).isFalse();
    assertThat(scenario.readable(session, below)).isTrue();
    assertThat(scenario.store.load().toCompletableFuture().join().tasks())
        .extracting(stored -> stored.task().id())
        .containsExactly(below);
  }

  @Test
  void when_a_parent_is_deleted_its_tasks_run_on_if_so_set_and_theirs_still_report_to_them() {
    EngineScenario detached = new EngineScenario("on_parent_deleted=detach");
    TaskId upper = detached.launch("parent");
    String session = detached.run(upper);
    TaskId below = detached.launch(session);
    detached.run(below);
    detached.deleted("parent");
    assertThat(detached.status(upper)).isEqualTo(TaskStatus.RUNNING);
    detached.finish(below, "42");
    assertThat(detached.lastNotice().parent()).isEqualTo(session);
    detached.arrive();
    detached.finds(upper, Kind.FINISHED, "done");

    assertThat(detached.status(upper)).isEqualTo(TaskStatus.COMPLETED);
    assertThat(detached.notices()).hasSize(1);
  }

  @Test
  void tasks_below_a_session_that_is_deleted_still_report_to_each_other_if_they_run_on() {
    EngineScenario detached = new EngineScenario("on_parent_deleted=detach", "max_depth=3");
    TaskId upper = detached.launch("parent");
    String session = detached.run(upper);
    TaskId middle = detached.launch(session);
    String below = detached.run(middle);
    TaskId lowest = detached.launch(below);
    detached.run(lowest);
    detached.deleted(session);
    detached.finish(lowest, "42");

    assertThat(detached.notices()).extracting(Notice::parent).containsExactly("parent", below);
    detached.arrive();
    detached.finds(middle, Kind.FINISHED, "done");
    assertThat(detached.status(middle)).isEqualTo(TaskStatus.COMPLETED);
    // Nobody is there to be told of that.
    assertThat(detached.notices()).hasSize(2);
  }

  private void end(TaskId task) {
    scenario.run(task);
    scenario.finish(task, "done");
  }

  private static List<TaskId> ids(List<Task> tasks) {
    return tasks.stream().map(Task::id).toList();
  }
}
