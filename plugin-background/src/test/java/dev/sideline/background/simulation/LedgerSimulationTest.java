package dev.sideline.background.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sideline.background.runtime.UnthreadedRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * The promises of the plugin, in virtual time, under everything that may go wrong.
 *
 * <p>{@code -Dsideline.seed=N} runs that story again, {@code -Dsideline.steps=N} makes each longer,
 * {@code -Dsideline.seeds=N} tells more of them, beginning with a random one; so does the profile
 * {@code nightly}.
 */
class LedgerSimulationTest {

  private static final int STEPS = Integer.getInteger("sideline.steps", 5_000);
  private static final int FIXED_SEEDS = 100;
  private static final int THREADS = 2;

  private final Logger runtimeLog =
      (Logger) LoggerFactory.getLogger(UnthreadedRuntime.class.getPackageName());

  /** What is left of a story when it has been told. */
  private record Told(String summary, int steps, Sights sights) {

    static Told of(long seed) {
      LedgerSimulation simulation = new LedgerSimulation(seed, STEPS);
      String summary = simulation.run();
      return new Told(summary, simulation.steps(), simulation.sights());
    }
  }

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
  void the_promises_hold_whatever_happens() throws Exception {
    long steps = 0;
    Sights sights = new Sights();
    List<BrokenPromise> broken = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Told>> stories = new ArrayList<>();
      for (long seed : seeds()) {
        stories.add(threads.submit(() -> Told.of(seed)));
      }
      for (Future<Told> story : stories) {
        try {
          Told told = story.get();
          steps += told.steps();
          sights.seeAllOf(told.sights());
          if (Boolean.getBoolean("sideline.verbose")) {
            System.out.println(told.summary());
          }
        } catch (ExecutionException e) {
          broken.add(new BrokenPromise(e.getCause().getMessage(), e));
        }
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }
    System.out.println(steps + " steps were simulated");
    if (!broken.isEmpty()) {
      BrokenPromise first = broken.remove(0);
      broken.forEach(first::addSuppressed);
      throw first;
    }
    if (Long.getLong("sideline.seed") == null) {
      // Or the simulation has become tame.
      assertThat(sights.missing()).isEmpty();
    }
  }

  private static List<Long> seeds() {
    Long one = Long.getLong("sideline.seed");
    if (one != null) {
      return List.of(one);
    }
    List<Long> seeds = new ArrayList<>();
    long random = ThreadLocalRandom.current().nextLong(1L << 40);
    int more = Integer.getInteger("sideline.seeds", 0);
    System.out.println(
        more == 0
            ? "Simulated with the fixed seeds and with " + random
            : "Simulated with " + more + " seeds from " + random);
    LongStream.range(random, random + Math.max(1, more)).forEach(seeds::add);
    if (more == 0) {
      LongStream.rangeClosed(1, FIXED_SEEDS).forEach(seeds::add);
    }
    return seeds;
  }
}
