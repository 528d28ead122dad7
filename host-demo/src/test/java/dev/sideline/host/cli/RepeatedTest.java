package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RepeatedTest {

  private static final Duration BEAT = Duration.ofMillis(1);

  @Test
  void an_error_in_the_question_comes_to_the_one_who_waits_and_the_next_is_answered() {
    Error error = new NoClassDefFoundError("dev/missing/Type");
    try (Repeated repeated = new Repeated()) {
      assertThatThrownBy(
              () ->
                  repeated.until(
                      BEAT,
                      Duration.ofDays(1),
                      () -> {
                        throw error;
                      }))
          .isSameAs(error);
      assertThat(repeated.until(BEAT, Duration.ofDays(1), () -> Optional.of("next")))
          .contains("next");
    }
  }
}
