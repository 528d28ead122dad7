package dev.sideline.background.runtime;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread that does one thing after another, and is there only while there is something to
 * do, and for a little while longer. What is given to it after it was closed is dropped.
 */
final class OnDemandThread implements Executor {

  private static final Duration IDLE = Duration.ofSeconds(10);

  private final String name;
  private final ThreadPoolExecutor pool;

  OnDemandThread(String name) {
    this.name = name;
    this.pool =
        new ThreadPoolExecutor(
            0,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            body -> SerialThread.daemon(name, body));
  }

  @Override
  public void execute(Runnable task) {
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      // Only after the end, when it is to be dropped.
    }
  }

  /** Interrupts what it is doing, drops what is waiting, and ends. */
  void close(Duration limit) {
    List<Runnable> unused = pool.shutdownNow();
    try {
      if (!pool.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        SerialThread.warnOfSurvivor(name, limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
