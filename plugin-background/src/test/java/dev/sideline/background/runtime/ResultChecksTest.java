package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sideline.background.ledger.ResultCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ResultChecksTest {

  private final List<Runnable> waiting = new ArrayList<>();

  @Test
  void schemas_and_answers_are_checked() {
    ResultChecks checks = new ResultChecks(Runnable::run, Runnable::run);
    AtomicReference<ResultCheck> told = new AtomicReference<>();

    checks.check("{\"type\":\"integer\"}", "42", told::set);

    assertThat(told.get()).isEqualTo(new ResultCheck("42", List.of()));
    assertThat(checks.problems("{\"type\":\"integer\"}")).isCompletedWithValue(List.of());
    assertThat(checks.problems("{\"type\":5}").join()).isNotEmpty();
  }

  @Test
  void too_many_schemas_at_once_are_refused() {
    ResultChecks checks = new ResultChecks(waiting::add, Runnable::run);
    List<CompletableFuture<List<String>>> asked = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      asked.add(checks.problems("{}"));
    }
    assertThat(asked.get(100)).isCompletedExceptionally();

    waiting.forEach(Runnable::run);

    assertThat(asked.subList(0, 100)).allMatch(check -> check.join().isEmpty());
    assertThat(checks.problems("{}")).isNotCompletedExceptionally();
  }

  @Test
  void at_the_end_nobody_is_left_waiting() {
    ResultChecks checks = new ResultChecks(waiting::add, Runnable::run);
    CompletableFuture<List<String>> before = checks.problems("{}");

    checks.close();

    assertThat(before).isCompletedExceptionally();
    assertThat(checks.problems("{}")).isCompletedExceptionally();
  }

  @Test
  void a_thread_on_demand_does_one_thing_after_another_and_ends() {
    OnDemandThread thread = new OnDemandThread("on-demand");
    List<Integer> done = new ArrayList<>();
    CountDownLatch all = new CountDownLatch(1);
    for (int i = 0; i < 100; i++) {
      int number = i;
      thread.execute(() -> done.add(number));
    }
    thread.execute(all::countDown);
    await().until(() -> all.getCount() == 0);
    assertThat(done).hasSize(100).isSorted();

    thread.close(Duration.ofSeconds(5));

    thread.execute(() -> done.add(-1));
    assertThat(done).hasSize(100);
  }

  @Test
  void a_thread_on_demand_is_interrupted_in_what_it_does_when_it_is_closed() {
    OnDemandThread thread = new OnDemandThread("on-demand");
    CountDownLatch begun = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    thread.execute(
        () -> {
          begun.countDown();
          try {
            interrupted.complete(new CountDownLatch(1).await(1, TimeUnit.HOURS));
          } catch (InterruptedException e) {
            interrupted.complete(true);
          }
        });
    await().until(() -> begun.getCount() == 0);

    thread.close(Duration.ofSeconds(5));

    assertThat(interrupted).isCompletedWithValue(true);
  }
}
