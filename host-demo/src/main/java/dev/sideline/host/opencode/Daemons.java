package dev.sideline.host.opencode;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with names that tell what they are for, and that do not keep the JVM alive. */
final class Daemons {

  static final String PREFIX = "sideline-opencode-";

  private static final int END_BOUND_SECONDS = 2;

  private Daemons() {}

  static ThreadFactory numbered(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> daemon(task, name + "-" + number.incrementAndGet());
  }

  static ThreadFactory single(String name) {
    return task -> daemon(task, name);
  }

  /** One thread for delays; what is cancelled leaves its queue at once. */
  static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, single("timer"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return timer;
  }

  /** Ends the threads, at the latest after 2 s by interrupting them. */
  static void end(ExecutorService threads) {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(END_BOUND_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, PREFIX + name);
    thread.setDaemon(true);
    return thread;
  }
}
