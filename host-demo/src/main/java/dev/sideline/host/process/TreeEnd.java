package dev.sideline.host.process;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How processes are ended: all are told at once, and what is left after a grace is killed. Looks
 * again until nothing is left, as there may be new ones since. Not thread-safe.
 */
final class TreeEnd {

  private static final Logger log = LoggerFactory.getLogger(TreeEnd.class);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** After this long, what withstands even SIGKILL (a process in the kernel) is not waited for. */
  private static final Duration GIVE_UP = Duration.ofSeconds(5);

  private final Supplier<Set<SystemProcess>> living;
  private final Duration grace;
  private final long begun;
  private final Set<ProcessHandle> told = new HashSet<>();

  /**
   * Begins; does nothing yet.
   *
   * @param living looks for what is left
   */
  TreeEnd(Supplier<Set<SystemProcess>> living, Duration grace) {
    this.living = living;
    this.grace = grace;
    this.begun = System.nanoTime();
  }

  /**
   * Looks once, and tells or kills what there is.
   *
   * @return whether nothing is left
   */
  boolean step() {
    Set<SystemProcess> left = living.get();
    boolean kill = waited() >= grace.toNanos();
    for (SystemProcess process : left) {
      ProcessTable.handle(process).ifPresent(handle -> signal(handle, kill));
    }
    return left.isEmpty();
  }

  private void signal(ProcessHandle handle, boolean kill) {
    if (kill) {
      handle.destroyForcibly();
    } else if (told.add(handle)) {
      handle.destroy();
    }
  }

  /**
   * Goes on until nothing is left, or it would be of no use.
   *
   * @return whether nothing is left
   */
  boolean complete() {
    boolean interrupted = Thread.interrupted();
    try {
      while (!step()) {
        if (waited() > grace.plus(GIVE_UP).toNanos()) {
          log.warn("{} cannot be ended", living.get());
          return false;
        }
        long untilKill = grace.toNanos() - waited();
        LockSupport.parkNanos(this, untilKill > 0 ? Math.min(PAUSE_NANOS, untilKill) : PAUSE_NANOS);
        interrupted |= Thread.interrupted();
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private long waited() {
    return System.nanoTime() - begun;
  }
}
