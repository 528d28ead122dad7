package dev.sideline.background.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.sideline.background.runtime.UnthreadedRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.slf4j.LoggerFactory;

/** Stories with many seeds, and what was seen in all of them together. */
final class Stories {

  private static final int USUAL_STEPS = 5_000;
  private static final int STEPS = Integer.getInteger("sideline.steps", USUAL_STEPS);
  private static final int USUAL_SEEDS = 100;
  private static final int FIXED_SEEDS = Integer.getInteger("sideline.fixed", USUAL_SEEDS);
  private static final int THREADS = 2;

  private final boolean untilBroken;
  private final AtomicBoolean enough = new AtomicBoolean();
  private final CoverageTracker coverage = new CoverageTracker();
  private final List<BrokenPromise> broken = new ArrayList<>();
  private final Trace trace = new Trace();
  private int fixed;
  private long steps;

  /** What is left of a story when it has been told. */
  private record Told(long seed, String summary, int steps, CoverageTracker coverage, long trace) {}

  /**
   * @param untilBroken whether no story is told after one in which a promise was broken
   */
  Stories(boolean untilBroken) {
    this.untilBroken = untilBroken;
  }

  /** Tells the stories of some seeds. */
  void tell(List<Long> seeds) throws InterruptedException {
    Logger runtimeLog = (Logger) LoggerFactory.getLogger(UnthreadedRuntime.class.getPackageName());
    Level before = runtimeLog.getLevel();
    // A host and a store that fail all the time are worth a warning each time, but not here.
    runtimeLog.setLevel(Level.OFF);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Told>> stories = new ArrayList<>();
      seeds.forEach(seed -> stories.add(threads.submit(() -> tell(seed))));
      for (Future<Told> story : stories) {
        hear(story);
      }
    } finally {
      end(threads);
      runtimeLog.setLevel(before);
    }
  }

  private static void end(ExecutorService threads) throws InterruptedException {
    threads.shutdownNow();
    if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("a story does not end");
    }
  }

  private Told tell(long seed) {
    if (enough.get()) {
      return new Told(seed, "not told", 0, new CoverageTracker(), 0);
    }
    EngineSimulation simulation = new EngineSimulation(seed, STEPS);
    try {
      String summary = simulation.run();
      return new Told(seed, summary, simulation.steps(), simulation.coverage(), simulation.trace());
    } catch (BrokenPromise e) {
      enough.set(untilBroken);
      throw e;
    }
  }

  private void hear(Future<Told> story) throws InterruptedException {
    try {
      Told told = story.get();
      steps += told.steps();
      coverage.seeAllOf(told.coverage());
      if (told.seed() <= FIXED_SEEDS) {
        fixed++;
        trace.add(told.trace());
      }
      if (Boolean.getBoolean("sideline.verbose")) {
        System.out.println(told.summary());
      }
    } catch (ExecutionException e) {
      broken.add(new BrokenPromise(e.getCause().getMessage(), e));
    }
  }

  /** What came of the fixed seeds, as a number. */
  long trace() {
    return trace.value();
  }

  /** Whether all the stories were told that always are, each to its usual end, and no others. */
  boolean traced() {
    return fixed == USUAL_SEEDS && FIXED_SEEDS == USUAL_SEEDS && STEPS == USUAL_STEPS;
  }

  long steps() {
    return steps;
  }

  List<BrokenPromise> broken() {
    return List.copyOf(broken);
  }

  /** What should have been seen, and was not. */
  Set<String> missing() {
    // One story alone need not have everything in it.
    return Long.getLong("sideline.seed") == null ? coverage.missing() : Set.of();
  }

  /** The seeds that are asked for, or those that are always told and a new one. */
  static List<Long> seeds() {
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

  /**
   * For {@code .ci/mutants}: ends with 1, and says so, if a promise was broken or none is tested.
   */
  public static void main(String[] args) throws InterruptedException {
    Stories stories = new Stories(true);
    stories.tell(seeds());
    if (!stories.broken().isEmpty()) {
      System.out.println(stories.broken().get(0).getMessage().lines().findFirst().orElse(""));
      System.exit(1);
    }
    if (!stories.missing().isEmpty()) {
      System.out.println("never seen: " + stories.missing());
      System.exit(1);
    }
    System.out.println(stories.steps() + " steps were simulated");
  }
}
