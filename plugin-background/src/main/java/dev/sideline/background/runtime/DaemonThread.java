package dev.sideline.background.runtime;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where the plugin's threads are made. */
final class DaemonThread {

  private static final Logger LOG = LoggerFactory.getLogger(DaemonThread.class);

  private DaemonThread() {}

  /**
   * A daemon thread that finds the plugin's classes and no caller's, not yet started. Nothing that
   * its body throws comes out of it.
   */
  static Thread unstarted(String name, Runnable body) {
    Thread thread = new Thread(() -> Barrier.run(name, body), name);
    thread.setDaemon(true);
    thread.setContextClassLoader(DaemonThread.class.getClassLoader());
    return thread;
  }

  /**
   * Waits for a thread to end, unless it is the caller's own.
   *
   * @return whether it has ended, or is the caller's own
   */
  static boolean join(Thread thread, Duration limit) {
    if (thread == Thread.currentThread()) {
      return true;
    }
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, limit.toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  /** Likewise, and says so if it has not ended. */
  static void joinOrWarn(Thread thread, Duration limit) {
    if (!join(thread, limit)) {
      LOG.warn("The thread {} did not end within {} ms", thread.getName(), limit.toMillis());
    }
  }
}
