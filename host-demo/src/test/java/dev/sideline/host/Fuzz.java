package dev.sideline.host;

import java.time.Duration;
import java.util.Random;

/**
 * Tries something with ever new input for a bounded time. What fails names the seed of its round:
 * {@code -Dsideline.fuzz.seed=} that plays this round alone, {@code -Dsideline.fuzz.seconds=} says
 * how long it is tried.
 */
public final class Fuzz {

  private static final String SEED = "sideline.fuzz.seed";
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("sideline.fuzz.seconds", 6));

  private Fuzz() {}

  /** One try. */
  @FunctionalInterface
  public interface Round {

    /**
     * Tries it once.
     *
     * @param random all that is left to chance comes from here
     */
    void run(Random random) throws Exception;
  }

  /** Runs rounds until the time is over or one fails. */
  public static void run(Round round) {
    Long replayed = Long.getLong(SEED);
    if (replayed != null) {
      run(round, replayed);
      return;
    }
    long first = System.nanoTime();
    Random seeds = new Random(first);
    int rounds = 0;
    while (System.nanoTime() - first < TIME.toNanos()) {
      run(round, seeds.nextLong());
      rounds++;
    }
    System.out.println("fuzzed " + rounds + " rounds");
  }

  private static void run(Round round, long seed) {
    try {
      round.run(new Random(seed));
    } catch (Throwable failure) {
      throw new AssertionError(
          "play it again with -D" + SEED + "=" + seed + ": " + failure, failure);
    }
  }
}
