package dev.sideline.background.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.ledger.ResultCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
}
