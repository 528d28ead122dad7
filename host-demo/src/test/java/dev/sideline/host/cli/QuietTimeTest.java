package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuietTimeTest {

  private final QuietTime quiet = new QuietTime(Duration.ofSeconds(2));

  @Test
  void it_is_counted_in_looks() {
    quiet.quiet();
    quiet.quiet();

    assertThat(quiet.hasLasted(Duration.ofSeconds(4))).isTrue();
    assertThat(quiet.hasLasted(Duration.ofSeconds(5))).isFalse();
  }

  @Test
  void it_begins_anew_after_there_was_something_to_do() {
    quiet.quiet();
    quiet.busy();

    assertThat(quiet.hasLasted(Duration.ZERO)).isFalse();
    quiet.quiet();
    assertThat(quiet.hasLasted(Duration.ZERO)).isTrue();
  }
}
