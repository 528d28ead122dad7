package dev.sideline.host;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Where all threads of the host come from: with names that tell what they are for, without keeping
 * the JVM alive, and with a {@link Barrier} around each thing that they do, so that none ends
 * because of what it met.
 */
public final class DaemonThreads {

  private static final int IDLE_SECONDS = 20;
  private static final int END_BOUND_SECONDS = 2;

  private DaemonThreads() {}

  /** A thread that does one thing; not started. */
  public static Thread unstarted(String name, Runnable work) {
    Thread thread = new Thread(() -> Barrier.run(name, work), name);
    thread.setDaemon(true);
    return thread;
  }

  /** One thread that does one thing after another. */
  public static ExecutorService serial(String name) {
    return serial(name, thrown -> {});
  }

  /**
   * One thread that does one thing after another.
   *
   * @param otherwise gets what one of them has thrown, on that thread
   */
  public static ExecutorService serial(String name, Consumer<Throwable> otherwise) {
    return new Pool(
        name, 1, 1, new LinkedBlockingQueue<>(), task -> unstarted(name, task), otherwise);
  }

  /** As many threads as there are things to do; each goes when there is nothing for a while. */
  public static ExecutorService onDemand(String name) {
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory = task -> unstarted(name + "-" + number.incrementAndGet(), task);
    return new Pool(name, 0, Integer.MAX_VALUE, new SynchronousQueue<>(), factory, thrown -> {});
  }

  /** One thread for delays; what is cancelled leaves its queue at once. */
  public static ScheduledExecutorService timer(String name) {
    return new Timer(name);
  }

  /** Ends threads, at the latest after 2 s by interrupting them. */
  public static void end(ExecutorService threads) {
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

  private static final class Pool extends ThreadPoolExecutor {

    private final String name;
    private final Consumer<Throwable> otherwise;

    Pool(
        String name,
        int usual,
        int most,
        java.util.concurrent.BlockingQueue<Runnable> queue,
        ThreadFactory factory,
        Consumer<Throwable> otherwise) {
      super(usual, most, IDLE_SECONDS, TimeUnit.SECONDS, queue, factory);
      this.name = name;
      this.otherwise = otherwise;
    }

    @Override
    public void execute(Runnable task) {
      super.execute(() -> Barrier.run(name, task, otherwise));
    }
  }

  /** Without the barrier a thing that is to be done again and again would not be, in silence. */
  private static final class Timer extends ScheduledThreadPoolExecutor {

    private final String name;

    Timer(String name) {
      super(1, task -> unstarted(name, task));
      this.name = name;
      setRemoveOnCancelPolicy(true);
      setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
      return super.schedule(() -> Barrier.run(name, task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable task, long first, long delay, TimeUnit unit) {
      return super.scheduleWithFixedDelay(() -> Barrier.run(name, task), first, delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
        Runnable task, long first, long period, TimeUnit unit) {
      return super.scheduleAtFixedRate(() -> Barrier.run(name, task), first, period, unit);
    }
  }
}
