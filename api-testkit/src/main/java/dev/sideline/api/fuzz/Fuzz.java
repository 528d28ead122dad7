package dev.sideline.api.fuzz;

import java.time.Duration;
import java.util.Random;

/**
 * Tries something with ever new input for a bounded time.
 *
 * <pre>{@code
 * @Test
 * void whatever_a_file_holds_it_is_read_or_refused() {
 *   Fuzz.run(
 *       random -> {
 *         Garble garble = new Garble(random);
 *         String file = garble.damaged("{\"agents\":" + garble.json() + "}");
 *         ... // read it, and look at what comes of it
 *       });
 * }
 * }</pre>
 *
 * <p>A failure names the seed of its round. The system property {@value #SEED_PROPERTY} has that
 * round alone played again, {@value #SECONDS_PROPERTY} says for how long rounds are begun (7
 * seconds unless it is set). Both are read at each call.
 */
public final class Fuzz {

  /** System property: the seed of the one round that is to be played. */
  public static final String SEED_PROPERTY = "sideline.fuzz.seed";

  /** System property: for how many seconds rounds are begun; a whole number. */
  public static final String SECONDS_PROPERTY = "sideline.fuzz.seconds";

  private static final int SECONDS = 7;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private Fuzz() {}

  /** One try. */
  @FunctionalInterface
  public interface Round {

    /**
     * Tries it once.
     *
     * @param random all that is left to chance has to come from here, or a seed does not bring it
     *     back
     * @throws Exception if it fails, as an {@link Error} does
     */
    void run(Random random) throws Exception;
  }

  /**
   * Runs rounds until the time is over or one fails. A round that takes longer than five minutes
   * has failed.
   *
   * @throws AssertionError if a round fails; its message names the seed, its cause is the failure
   */
  public static void run(Round round) {
    run(LONGEST, round);
  }

  /**
   * Runs rounds until the time is over or one fails.
   *
   * @param longest how long a round may take. One that takes longer has failed: where it stands is
   *     printed with its seed, and its thread is interrupted
   * @throws AssertionError if a round fails; its message names the seed, its cause is the failure
   */
  public static void run(Duration longest, Round round) {
    try (Watchdog watchdog = new Watchdog(longest)) {
      Long replayed = Long.getLong(SEED_PROPERTY);
      if (replayed != null) {
        run(round, replayed, watchdog);
      } else {
        runForAWhile(round, watchdog);
      }
    }
  }

  private static void runForAWhile(Round round, Watchdog watchdog) {
    long nanos = Duration.ofSeconds(Integer.getInteger(SECONDS_PROPERTY, SECONDS)).toNanos();
    long first = System.nanoTime();
    Random seeds = new Random(first);
    int rounds = 0;
    do {
      run(round, seeds.nextLong(), watchdog);
      rounds++;
    } while (System.nanoTime() - first < nanos);
    System.out.println("fuzzed " + rounds + " rounds");
  }

  private static void run(Round round, long seed, Watchdog watchdog) {
    Watchdog.Watch watch = watchdog.watch(replay(seed));
    try {
      round.run(new Random(seed));
    } catch (Throwable failure) {
      watch.end();
      throw new AssertionError(replay(seed) + watch.verdict() + ": " + failure, failure);
    }
    watch.end();
    if (watch.tooLong()) {
      throw new AssertionError(replay(seed) + watch.verdict());
    }
  }

  private static String replay(long seed) {
    return "play it again with -D" + SEED_PROPERTY + "=" + seed;
  }
}
