package dev.sideline.background.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sideline.background.runtime.UnthreadedRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The promises of the plugin, in virtual time, under everything that may go wrong.
 *
 * <p>{@code -Dsideline.seed=N} runs that story again, {@code -Dsideline.steps=N} makes each longer,
 * {@code -Dsideline.seeds=N} tells more of them, beginning with a random one.
 */
class LedgerSimulationTest {

  private static final int STEPS = Integer.getInteger("sideline.steps", 5_000);
  private static final int FIXED_SEEDS = 60;

  /** Stories that uncover what the first ones miss. They change whenever the simulation does. */
  private static final List<Long> TELLING_SEEDS = List.of(64L, 220L, 312L, 439L, 684L);

  private final Logger runtimeLog =
      (Logger) LoggerFactory.getLogger(UnthreadedRuntime.class.getPackageName());

  /** A host and a store that fail all the time are worth a warning each time, but not here. */
  @BeforeEach
  void silence() {
    runtimeLog.setLevel(Level.OFF);
  }

  @AfterEach
  void speak() {
    runtimeLog.setLevel(null);
  }

  @Test
  void the_promises_hold_whatever_happens() {
    int steps = 0;
    Sights sights = new Sights();
    for (long seed : seeds()) {
      LedgerSimulation simulation = new LedgerSimulation(seed, STEPS);
      String summary = simulation.run();
      steps += simulation.steps();
      sights.seeAllOf(simulation.sights());
      if (Boolean.getBoolean("sideline.verbose")) {
        System.out.println(summary);
      }
    }
    assertThat(steps).isGreaterThanOrEqualTo(STEPS);
    if (Long.getLong("sideline.seed") == null) {
      // Or the simulation has become tame.
      assertThat(sights.missing()).isEmpty();
    }
  }

  private static List<Long> seeds() {
    List<Long> seeds = new ArrayList<>();
    Long one = Long.getLong("sideline.seed");
    if (one != null) {
      return List.of(one);
    }
    long random = ThreadLocalRandom.current().nextLong(1L << 40);
    int more = Integer.getInteger("sideline.seeds", 0);
    System.out.println(
        more == 0
            ? "Simulated with the fixed seeds and with " + random
            : "Simulated with " + more + " seeds from " + random);
    seeds.add(random);
    for (int i = 1; i < more; i++) {
      seeds.add(random + i);
    }
    if (more == 0) {
      LongStream.rangeClosed(1, FIXED_SEEDS).forEach(seeds::add);
      seeds.addAll(TELLING_SEEDS);
    }
    return seeds;
  }
}
