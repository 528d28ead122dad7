package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.ledger.Changes;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.Step;
import dev.sideline.background.store.TaskStore;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CommitsOrderTest {

  private final HeldStore store = new HeldStore();
  private final List<Effect> carriedOut = new ArrayList<>();
  private final List<Input> told = new ArrayList<>();
  private final AtomicInteger wakes = new AtomicInteger();
  private final Commits commits =
      new Commits(store, carriedOut::addAll, told::add, wakes::incrementAndGet);

  @Test
  void nothing_is_done_before_it_is_recorded() {
    commits.add(step("a"), 0);
    assertThat(store.saved()).isEqualTo("a");
    assertThat(carriedOut).isEmpty();
    assertThat(commits.idle()).isFalse();

    store.succeed();
    assertThat(wakes).hasValue(1);
    commits.advance(0);

    assertThat(carriedOut).containsExactly(effect("a"));
    assertThat(commits.idle()).isTrue();
    assertThat(commits.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void what_comes_during_a_recording_is_recorded_together_by_the_next() {
    commits.add(step("a"), 0);
    commits.add(step("b"), 0);
    commits.add(step("c"), 0);
    assertThat(store.saves).hasSize(1);

    store.succeed();
    commits.advance(0);
    assertThat(store.saves).hasSize(2);
    assertThat(store.saved()).isEqualTo("b c");
    assertThat(carriedOut).containsExactly(effect("a"));

    store.succeed();
    commits.advance(0);
    assertThat(carriedOut).containsExactly(effect("a"), effect("b"), effect("c"));
  }

  @Test
  void a_step_without_changes_keeps_its_place_behind_those_before_it() {
    commits.add(step("a"), 0);
    commits.add(new Step(Changes.NONE, List.of(effect("b"))), 0);
    assertThat(carriedOut).isEmpty();

    store.succeed();
    commits.advance(0);
    store.succeed();
    commits.advance(0);

    assertThat(carriedOut).containsExactly(effect("a"), effect("b"));
  }

  @Test
  void a_step_without_changes_needs_no_recording_when_nothing_is_before_it() {
    commits.add(new Step(Changes.NONE, List.of(effect("a"))), 0);
    commits.add(Step.NOTHING, 0);

    assertThat(carriedOut).containsExactly(effect("a"));
    assertThat(store.saves).isEmpty();
  }

  @Test
  void a_launch_that_cannot_be_recorded_is_refused_and_the_rest_is_tried_again() {
    commits.add(step("first"), 0);
    commits.add(launch("bg_launch", 7), 0);
    commits.add(step("other"), 0);
    store.succeed();
    commits.advance(0);
    assertThat(store.saved()).isEqualTo("bg_launch other");

    store.fail();
    commits.advance(1_000);

    assertThat(told).containsExactly(new Input.NotStored(new TaskId("bg_launch"), 7));
    assertThat(carriedOut).containsExactly(effect("first"));
    assertThat(commits.nextDue()).isEqualTo(1_250);
    commits.advance(1_249);
    assertThat(store.saves).hasSize(2);
    commits.advance(1_250);
    assertThat(store.saved()).isEqualTo("other");
    assertThat(commits.idle()).isFalse();

    store.succeed();
    commits.advance(1_250);
    assertThat(carriedOut).containsExactly(effect("first"), effect("other"));
    assertThat(commits.idle()).isTrue();
  }

  @Test
  void a_failed_launch_alone_leaves_nothing_to_try_again() {
    commits.add(launch("bg_launch", 7), 0);
    store.fail();
    commits.advance(0);

    assertThat(told).hasSize(1);
    assertThat(carriedOut).isEmpty();
    assertThat(commits.idle()).isTrue();
    assertThat(commits.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void what_cannot_be_recorded_is_tried_more_and_more_seldom_and_for_ever() {
    long now = 0;
    commits.add(step("a"), now);
    List<Long> pauses = new ArrayList<>();
    for (int attempt = 0; attempt < 40; attempt++) {
      store.fail();
      commits.advance(now);
      pauses.add(commits.nextDue() - now);
      now = commits.nextDue();
      commits.advance(now);
    }

    assertThat(pauses).startsWith(250L, 500L, 1_000L).isSorted().endsWith(30_000L);
    store.succeed();
    commits.advance(now);
    assertThat(carriedOut).containsExactly(effect("a"));
  }

  @Test
  void a_store_that_throws_has_failed() {
    store.throwing = true;
    commits.add(step("a"), 0);
    assertThat(commits.nextDue()).isEqualTo(250);

    store.throwing = false;
    commits.advance(250);
    store.succeed();
    commits.advance(250);

    assertThat(carriedOut).containsExactly(effect("a"));
  }

  private static Effect effect(String name) {
    return new Effect.DeleteSession(name);
  }

  private static Step step(String name) {
    return new Step(saving(SampleTasks.pending(name)), List.of(effect(name)));
  }

  private static Step launch(String id, long call) {
    Task task = SampleTasks.pending(id);
    return new Step(
        saving(task),
        List.of(
            new Effect.OpenSession(task),
            new Effect.Reply(call, new Answer.Launched(new View(task, 0)))));
  }

  private static Changes saving(Task task) {
    return new Changes(List.of(task), List.of(), List.of(), List.of());
  }

  /** A store whose recordings end when the test says so. */
  private static final class HeldStore implements TaskStore {

    private final List<Changes> saves = new ArrayList<>();
    private CompletableFuture<Void> last = new CompletableFuture<>();
    private boolean throwing;

    @Override
    public CompletionStage<Void> save(Changes changes) {
      if (throwing) {
        throw new IllegalStateException("the disk is on fire");
      }
      assertThat(last.isDone() || saves.isEmpty()).as("one recording at a time").isTrue();
      saves.add(changes);
      last = new CompletableFuture<>();
      return last;
    }

    String saved() {
      return String.join(
          " ",
          saves.get(saves.size() - 1).saved().stream().map(task -> task.id().value()).toList());
    }

    void succeed() {
      last.complete(null);
    }

    void fail() {
      last.completeExceptionally(new IllegalStateException("the disk is full"));
    }

    @Override
    public CompletionStage<Contents> load() {
      return CompletableFuture.completedStage(new Contents(List.of(), List.of()));
    }

    @Override
    public void close() {}
  }
}
