package dev.sideline.host.embedded.store;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for what is more than may stay, and has it removed. On a thread of its own, which is there
 * only meanwhile: that reads and has removed a little at a time, and what is to be written comes
 * between.
 */
final class SessionPurge {

  /** A part of what it does, in a transaction of its own. */
  interface Rows {

    <T> CompletableFuture<T> ask(GroupWriter.Work<T> question);
  }

  private static final Logger log = LoggerFactory.getLogger(SessionPurge.class);

  /** So much is read at a time, in rows. */
  static final int READ_TOGETHER = 1_000;

  private static final int REMOVED_TOGETHER = 20;
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();
  private static final Duration END_BOUND = Duration.ofSeconds(10);

  private final Rows rows;
  private final StoreLimits limits;
  private final Clock clock;
  private @Nullable Thread thread;
  private volatile boolean over;

  SessionPurge(Rows rows, StoreLimits limits, Clock clock) {
    this.rows = rows;
    this.limits = limits;
    this.clock = clock;
  }

  /**
   * Begins, unless it is still at it.
   *
   * @param surplus takes what is to be removed, some at a time
   */
  synchronized void begin(Consumer<Surplus> surplus) {
    if (over || (thread != null && thread.isAlive())) {
      return;
    }
    thread = DaemonThreads.unstarted("sideline-embedded-purge", () -> lookAndRemove(surplus));
    thread.start();
  }

  /** Ends it for good, while what it asks is still answered. What is left to be removed stays. */
  void end() {
    Thread working = lastThread();
    if (working != null) {
      LockSupport.unpark(working);
      try {
        working.join(END_BOUND.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized @Nullable Thread lastThread() {
    over = true;
    return thread;
  }

  private void lookAndRemove(Consumer<Surplus> surplus) {
    try {
      forgetWorkplaces();
      long asOfMillis = clock.millis();
      remove(SessionUse.surplus(uses(), limits, asOfMillis), asOfMillis, surplus);
    } catch (CompletionException e) {
      // Whoever cannot write is told by the writer; what may go, may go later.
      log.debug("What is more than may stay was not looked for", e);
    }
  }

  private void forgetWorkplaces() {
    String after = "";
    while (after != null && !over) {
      String from = after;
      after = rows.ask(all -> all.forgetWorkplaces(from, READ_TOGETHER)).join().orElse(null);
    }
  }

  private List<SessionUse> uses() {
    List<SessionUse> uses = new ArrayList<>();
    String after = "";
    while (after != null && !over) {
      String from = after;
      List<SessionUse> some = rows.ask(all -> all.uses(from, READ_TOGETHER)).join();
      uses.addAll(some);
      after = some.size() < READ_TOGETHER ? null : some.get(some.size() - 1).id();
    }
    return uses;
  }

  private void remove(List<String> ids, long asOfMillis, Consumer<Surplus> surplus) {
    for (int from = 0; from < ids.size() && !over; from += REMOVED_TOGETHER) {
      List<String> some = ids.subList(from, Math.min(from + REMOVED_TOGETHER, ids.size()));
      Barrier.run(
          "Removing what is more than may stay",
          () -> surplus.accept(new Surplus(some, asOfMillis)));
      LockSupport.parkNanos(this, PAUSE_NANOS);
      // Not faster than what is removed can be written.
      boolean unused = rows.ask(all -> true).join();
    }
  }
}
