package dev.sideline.background.retain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.testing.SettableClock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecentIdsTest {

  private final SettableClock clock = new SettableClock();
  private final RecentIds ids = new RecentIds(100, Duration.ofMinutes(1), clock::millis);

  @Test
  void an_id_is_known_for_a_while() {
    ids.add("a");
    assertThat(ids.contains("a")).isTrue();
    assertThat(ids.contains("b")).isFalse();

    clock.advance(Duration.ofSeconds(61));
    assertThat(ids.contains("a")).isFalse();
  }

  @Test
  void no_more_are_known_than_allowed() {
    IntStream.range(0, 10_000).forEach(id -> ids.add("id" + id));

    assertThat(IntStream.range(0, 10_000).filter(id -> ids.contains("id" + id)).count())
        .isLessThanOrEqualTo(100);
  }

  @Test
  void nothing_is_known_after_all_was_forgotten() {
    ids.add("a");
    ids.clear();

    assertThat(ids.contains("a")).isFalse();
  }
}
