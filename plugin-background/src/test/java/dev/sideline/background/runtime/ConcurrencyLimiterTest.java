package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConcurrencyLimiterTest {

  private final Queue<Runnable> executor = new ArrayDeque<>();
  private final List<CompletableFuture<String>> calls = new ArrayList<>();
  private final List<CompletableFuture<String>> results = new ArrayList<>();
  private final ConcurrencyLimiter limiter = new ConcurrencyLimiter(2, executor::add);

  @Test
  void no_more_calls_than_allowed_are_under_way() {
    call(4);
    assertThat(calls).hasSize(2);

    calls.get(1).complete("b");
    assertThat(results.get(1)).isCompletedWithValue("b");
    assertThat(calls).as("begins on the executor, not on the thread that ended another").hasSize(2);
    runWaiting();
    assertThat(calls).hasSize(3);

    calls.get(0).complete("a");
    runWaiting();
    calls.get(2).complete("c");
    calls.get(3).complete("d");
    assertThat(results.get(0)).isCompletedWithValue("a");
    assertThat(results.get(2)).isCompletedWithValue("c");
    assertThat(results.get(3)).isCompletedWithValue("d");
    assertThat(executor).isEmpty();
  }

  @Test
  void a_failed_call_makes_room_like_any_other() {
    call(3);

    calls.get(0).completeExceptionally(new IllegalStateException("broken"));
    runWaiting();

    assertThat(results.get(0)).isCompletedExceptionally();
    assertThat(calls).hasSize(3);
  }

  @Test
  void a_call_that_throws_makes_room_and_its_failure_is_told() {
    for (int attempt = 0; attempt < 5; attempt++) {
      CompletableFuture<String> thrown =
          limiter.run(
              () -> {
                throw new IllegalStateException("broken");
              });
      assertThat(thrown).isCompletedExceptionally();
    }

    call(2);
    assertThat(calls).hasSize(2);
  }

  @Test
  void many_waiting_calls_that_answer_at_once_need_no_deep_stack() {
    call(2);
    List<CompletableFuture<String>> waiting = new ArrayList<>();
    for (int number = 0; number < 100_000; number++) {
      waiting.add(limiter.run(() -> CompletableFuture.completedFuture("at once")));
    }

    calls.get(0).complete("a");
    runWaiting();

    assertThat(waiting).allMatch(CompletableFuture::isDone);
  }

  private void call(int times) {
    for (int time = 0; time < times; time++) {
      results.add(
          limiter.run(
              () -> {
                CompletableFuture<String> call = new CompletableFuture<>();
                calls.add(call);
                return call;
              }));
    }
  }

  private void runWaiting() {
    for (Runnable next = executor.poll(); next != null; next = executor.poll()) {
      next.run();
    }
  }
}
