package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.sideline.background.engine.protocol.ResultCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

  // --- what the validator may run into

  @ParameterizedTest
  @MethodSource("dev.sideline.background.runtime.Throwables#all")
  void whatever_a_check_throws_whoever_waits_has_a_verdict_and_the_thread_goes_on(
      Throwable thrown) {
    AtomicReference<@Nullable Throwable> next = new AtomicReference<>();
    SerialThread thread = new SerialThread("sideline-schemas", Duration.ofMinutes(10));
    ResultChecks checks =
        new ResultChecks(
            schema -> {
              Throwables.sneak(next.get());
              return List.of();
            },
            (schema, answer) -> {
              Throwables.sneak(next.get());
              return new ResultCheck(answer, List.of());
            },
            thread,
            Runnable::run);
    CompletableFuture<Thread> before = threadOf(thread);

    next.set(thrown);
    assertThat(answer(checks.problems("{}")))
        .singleElement(as(STRING))
        .startsWith("it cannot be checked: ");
    assertThat(answer(checked(checks)).json()).isNull();
    // Nor does it matter what comes of telling it.
    checks.check("{}", "1", verdict -> Throwables.sneak(thrown));

    next.set(null);
    assertThat(answer(checks.problems("{}"))).isEmpty();
    assertThat(answer(checked(checks))).isEqualTo(new ResultCheck("1", List.of()));
    assertThat(answer(threadOf(thread))).isSameAs(answer(before));
    thread.stop(Duration.ofSeconds(5));
  }

  private static CompletableFuture<ResultCheck> checked(ResultChecks checks) {
    CompletableFuture<ResultCheck> told = new CompletableFuture<>();
    checks.check("{}", "1", told::complete);
    return told;
  }

  private static CompletableFuture<Thread> threadOf(SerialThread serial) {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    serial.execute(() -> thread.complete(Thread.currentThread()));
    return thread;
  }

  private static <T> T answer(CompletableFuture<T> asked) {
    return asked.orTimeout(10, TimeUnit.SECONDS).join();
  }
}
