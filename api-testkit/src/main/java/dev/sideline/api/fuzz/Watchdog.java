package dev.sideline.api.fuzz;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Watches that nothing on one thread takes too long, from a thread of its own. */
final class Watchdog implements AutoCloseable {

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread thread = new Thread(work, "fuzz-watchdog");
            thread.setDaemon(true);
            return thread;
          });
  private final Duration longest;

  Watchdog(Duration longest) {
    this.longest = longest;
    timer.setRemoveOnCancelPolicy(true);
  }

  /**
   * Begins to watch what the calling thread does.
   *
   * @param name stands before what is printed if it takes too long
   */
  Watch watch(String name) {
    return new Watch(name);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  /** The time from a beginning to {@link #end}. */
  final class Watch {

    private final String name;
    private final Thread watched = Thread.currentThread();
    private final Future<?> alarm;
    private boolean over;
    private boolean tooLong;

    private Watch(String name) {
      this.name = name;
      this.alarm = timer.schedule(this::bark, longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends it. From now on the thread is not interrupted, and is not any more if it was. */
    void end() {
      alarm.cancel(false);
      synchronized (this) {
        over = true;
        if (tooLong) {
          Thread.interrupted();
        }
      }
    }

    synchronized boolean tooLong() {
      return tooLong;
    }

    String verdict() {
      return tooLong() ? ", it took longer than " + longest.toMillis() + " ms" : "";
    }

    private synchronized void bark() {
      if (over) {
        return;
      }
      tooLong = true;
      StringBuilder where = new StringBuilder(name).append(verdict()).append("; it stands at");
      for (StackTraceElement frame : watched.getStackTrace()) {
        where.append("\n\tat ").append(frame);
      }
      System.out.println(where);
      watched.interrupt();
    }
  }
}
