package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.Answer;
import dev.sideline.background.engine.Answer.View;
import dev.sideline.background.engine.Changes;
import dev.sideline.background.engine.Changes.TaskRow;
import dev.sideline.background.engine.Changes.TaskStateRow;
import dev.sideline.background.engine.Effect;
import dev.sideline.background.engine.Input;
import dev.sideline.background.engine.Input.NotStored.Refused;
import dev.sideline.background.engine.MergedChanges;
import dev.sideline.background.engine.Step;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Nothing is answered or done before it is recorded. */
class CommitsTest {

  private final ControlledStore store = new ControlledStore();
  private final List<Effect> carriedOut = new ArrayList<>();
  private final List<Input> mailbox = new ArrayList<>();
  private final List<String> wakes = new ArrayList<>();
  private final Commits commits =
      new Commits(store, carriedOut::addAll, mailbox::add, () -> wakes.add("wake"));

  @Test
  void effects_wait_until_their_changes_are_recorded() {
    commits.add(change("a"), 0);
    assertThat(carriedOut).isEmpty();
    store.succeed();
    assertThat(wakes).hasSize(1);
    commits.advance(0);

    assertThat(carriedOut).containsExactly(new Effect.DeleteSession("a"));
    assertThat(commits.idle()).isTrue();
  }

  @Test
  void what_changes_nothing_is_done_at_once_but_overtakes_nothing() {
    commits.add(plain("first"), 0);
    assertThat(carriedOut).hasSize(1);
    commits.add(change("second"), 0);
    commits.add(plain("third"), 0);
    assertThat(carriedOut).hasSize(1);
    store.succeed();
    commits.advance(0);
    store.succeed();
    commits.advance(0);

    assertThat(sessions()).containsExactly("first", "second", "third");
  }

  @Test
  void steps_that_come_meanwhile_are_recorded_together_and_done_in_their_order() {
    commits.add(change("a"), 0);
    commits.add(change("b"), 0);
    commits.add(change("c"), 0);
    assertThat(store.saved).hasSize(1);
    store.succeed();
    commits.advance(0);
    assertThat(store.saved).hasSize(2);
    assertThat(store.saved.get(1).created()).hasSize(2);
    store.succeed();
    commits.advance(0);

    assertThat(sessions()).containsExactly("a", "b", "c");
  }

  @Test
  void what_could_not_be_recorded_is_tried_again_at_growing_intervals_and_not_done_before() {
    commits.add(change("a"), 0);
    long now = 0;
    for (long delay : List.of(250L, 500L, 1_000L, 2_000L)) {
      store.fail();
      commits.advance(now);
      assertThat(commits.nextDue()).isEqualTo(now + delay);
      commits.advance(now + delay - 1);
      now += delay;
      int before = store.saved.size();
      commits.advance(now);
      assertThat(store.saved).hasSize(before + 1);
    }
    assertThat(carriedOut).isEmpty();
    store.succeed();
    commits.advance(now);

    assertThat(sessions()).containsExactly("a");
    assertThat(commits.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void a_launch_that_could_not_be_recorded_is_refused_and_the_rest_is_kept() {
    commits.add(change("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(change("c"), 0);
    store.succeed();
    commits.advance(0);
    store.fail();
    commits.advance(0);
    assertThat(mailbox).containsExactly(Input.NotStored.of(new TaskId("bg_b"), 7));
    commits.advance(250);
    store.succeed();
    commits.advance(250);

    assertThat(sessions()).containsExactly("a", "c");
    assertThat(carriedOut).noneMatch(Effect.Reply.class::isInstance);
  }

  @Test
  void launches_that_could_not_be_recorded_are_refused_all_at_once() {
    commits.add(change("a"), 0);
    commits.add(launch(7, "b"), 0);
    commits.add(launch(8, "c"), 0);
    store.fail();
    commits.advance(0);

    assertThat(mailbox)
        .containsExactly(
            new Input.NotStored(
                List.of(new Refused(new TaskId("bg_b"), 7), new Refused(new TaskId("bg_c"), 8))));
  }

  @Test
  void a_launch_behind_a_store_that_is_down_is_refused_at_its_next_failure() {
    commits.add(change("a"), 0);
    commits.add(launch(7, "b"), 0);
    store.fail();
    commits.advance(0);

    assertThat(mailbox).containsExactly(Input.NotStored.of(new TaskId("bg_b"), 7));
  }

  @Test
  void a_store_that_throws_has_failed() {
    store.throwing = true;
    commits.add(launch(7, "b"), 0);
    commits.advance(0);

    assertThat(mailbox).hasSize(1);
    assertThat(commits.idle()).isTrue();
  }

  private List<String> sessions() {
    return carriedOut.stream().map(effect -> ((Effect.DeleteSession) effect).session()).toList();
  }

  private static Step plain(String name) {
    return new Step(Changes.NONE, List.of(new Effect.DeleteSession(name)));
  }

  private static Step change(String name) {
    return new Step(changes(name), List.of(new Effect.DeleteSession(name)));
  }

  private static Step launch(long call, String name) {
    Answer answer = new Answer.Launched(View.of(task(name)), false);
    return new Step(changes(name), List.of(new Effect.Reply(call, answer, false)));
  }

  private static Changes changes(String name) {
    MergedChanges changes = new MergedChanges();
    changes.create(row(name));
    return changes.changes();
  }

  private static TaskRow row(String name) {
    Task task = task(name);
    return TaskRow.of(task, TaskStateRow.of(task, 1));
  }

  private static Task task(String name) {
    TaskSpec spec = new TaskSpec("a task", "do it", "agent", null, null, null, null);
    return Task.pending(
        new TaskId("bg_" + name),
        List.of("parent"),
        spec,
        LaunchOptions.NONE,
        Provenance.LAUNCHED,
        null,
        1);
  }

  /** A store that completes when the test says so. */
  private static final class ControlledStore implements TaskStore {

    private final List<Changes> saved = new ArrayList<>();
    private CompletableFuture<Void> last = new CompletableFuture<>();
    private boolean throwing;

    void succeed() {
      assertThat(last.complete(null)).isTrue();
    }

    void fail() {
      assertThat(last.completeExceptionally(new IllegalStateException("disk full"))).isTrue();
    }

    @Override
    public CompletionStage<Void> save(Changes changes) {
      if (throwing) {
        throw new IllegalStateException("disk on fire");
      }
      saved.add(changes);
      last = new CompletableFuture<>();
      return last;
    }

    @Override
    public CompletionStage<Contents> load() {
      return CompletableFuture.completedStage(new Contents(List.of(), List.of()));
    }

    @Override
    public void close() {}
  }
}
