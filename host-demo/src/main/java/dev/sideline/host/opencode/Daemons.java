package dev.sideline.host.opencode;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads with names that tell what they are for, and that do not keep the JVM alive. */
final class Daemons {

  static final String PREFIX = "sideline-opencode-";

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
    return timer;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, PREFIX + name);
    thread.setDaemon(true);
    return thread;
  }
}
