package dev.sideline.api.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RoundsTest {

  private final Map<String, String> before = new HashMap<>();

  @BeforeEach
  void keepProperties() {
    for (String name : List.of(Fuzz.SEED_PROPERTY, Fuzz.SECONDS_PROPERTY)) {
      before.put(name, System.getProperty(name));
      System.clearProperty(name);
    }
  }

  @AfterEach
  void restoreProperties() {
    before.forEach(
        (name, value) -> {
          if (value == null) {
            System.clearProperty(name);
          } else {
            System.setProperty(name, value);
          }
        });
  }

  @Test
  void rounds_get_ever_new_chances_until_the_time_is_over() {
    System.setProperty(Fuzz.SECONDS_PROPERTY, "1");
    List<Long> chances = new ArrayList<>();
    long begin = System.nanoTime();

    Fuzz.run(
        random -> {
          if (chances.size() < 1_000) {
            chances.add(random.nextLong());
          }
        });

    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofSeconds(1));
    assertThat(chances).hasSizeGreaterThan(1);
    assertThat(new HashSet<>(chances)).hasSameSizeAs(chances);
  }

  @Test
  void there_is_one_round_however_short_the_time() {
    System.setProperty(Fuzz.SECONDS_PROPERTY, "0");
    List<Random> rounds = new ArrayList<>();

    Fuzz.run(rounds::add);

    assertThat(rounds).hasSize(1);
  }

  @Test
  void a_failure_names_the_seed_that_plays_its_round_again() {
    List<Long> chances = new ArrayList<>();
    Fuzz.Round failing =
        random -> {
          chances.add(random.nextLong());
          throw new IOException("on purpose");
        };
    AssertionError failure = failure(failing);
    assertThat(failure).hasMessageContaining("on purpose").hasCauseInstanceOf(IOException.class);
    Matcher seed = Pattern.compile("-Dsideline.fuzz.seed=(-?\\d+)").matcher(failure.getMessage());
    assertThat(seed.find()).isTrue();

    System.setProperty(Fuzz.SEED_PROPERTY, seed.group(1));

    assertThat(failure(failing)).hasMessage(failure.getMessage());
    assertThat(chances).hasSize(2);
    assertThat(chances.get(1)).isEqualTo(chances.get(0));
  }

  @Test
  void a_round_that_hangs_is_ended_and_fails_with_its_seed() {
    CountDownLatch never = new CountDownLatch(1);

    assertThatThrownBy(() -> Fuzz.run(Duration.ofMillis(50), random -> never.await()))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(Fuzz.SEED_PROPERTY)
        .hasMessageContaining("longer than 50 ms")
        .hasCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void a_round_that_takes_too_long_fails_though_it_heeds_no_interrupt() {
    Fuzz.Round stubborn =
        random -> {
          while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
          }
        };

    assertThatThrownBy(() -> Fuzz.run(Duration.ofMillis(50), stubborn))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("longer than 50 ms");
    assertThat(Thread.currentThread().isInterrupted()).as("the interrupt is over").isFalse();
  }

  private static AssertionError failure(Fuzz.Round round) {
    try {
      Fuzz.run(round);
    } catch (AssertionError failure) {
      return failure;
    }
    throw new IllegalStateException("it did not fail");
  }
}
