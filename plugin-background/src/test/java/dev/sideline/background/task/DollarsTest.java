package dev.sideline.background.task;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DollarsTest {

  @Test
  void money_that_is_only_more_by_the_error_of_its_sum_is_not_more() {
    double sum = 0.1 + 0.2;
    assertThat(sum).isGreaterThan(0.3);

    assertThat(new Budget(0, 0, 0.3).exceededBy(new Spending(0, 0, sum))).isNull();
    assertThat(new Budget(0, 0, 0.3).exceededBy(new Spending(0, 0, 0.300_001)))
        .isEqualTo("$0.300001 were spent; $0.3 are allowed");
  }

  @ParameterizedTest
  @CsvSource({
    "0, $0",
    "0.30000000000000004, $0.3",
    "0.0000004, $0",
    "0.0000005, $0.000001",
    "100, $100",
    "1234567.5, $1234567.5"
  })
  void money_is_shown_to_a_millionth(double amount, String shown) {
    assertThat(Dollars.text(amount)).isEqualTo(shown);
    assertThat("$" + Dollars.of(amount)).isEqualTo(shown);
  }
}
