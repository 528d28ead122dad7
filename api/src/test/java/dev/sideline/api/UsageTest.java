package dev.sideline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class UsageTest {

  @Test
  void what_was_used_is_added_kind_by_kind() {
    Usage sum = new Usage(1, 2, 3, 4, 5, 0.5).plus(new Usage(10, 20, 30, 40, 50, 0.25));

    assertThat(sum).isEqualTo(new Usage(11, 22, 33, 44, 55, 0.75));
    assertThat(sum.tokens()).isEqualTo(165);
  }

  @Test
  void a_cost_that_is_no_number_is_refused() {
    for (double cost : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Usage(0, 0, 0, 0, 0, cost))
          .withMessage("costUsd is " + cost + ", but has to be a number");
    }
  }

  @Test
  void a_sum_that_is_too_large_is_the_largest_that_there_is() {
    Usage huge = new Usage(Long.MAX_VALUE, 1_000, 0, Long.MAX_VALUE, 7, Double.MAX_VALUE);
    Usage sum = huge.plus(huge);

    assertThat(huge.tokens()).isEqualTo(Long.MAX_VALUE);
    assertThat(sum)
        .isEqualTo(new Usage(Long.MAX_VALUE, 2_000, 0, Long.MAX_VALUE, 14, Double.MAX_VALUE));
    assertThat(sum.tokens()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void less_than_nothing_is_nothing() {
    assertThat(new Usage(-1, -2, Long.MIN_VALUE, -4, -5, -0.5)).isEqualTo(Usage.NONE);
  }
}
