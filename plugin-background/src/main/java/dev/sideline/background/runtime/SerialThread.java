package dev.sideline.background.runtime;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one thing after another. What is given to it after it was closed is
 * dropped.
 */
final class SerialThread implements Executor {

  private static final Logger LOG = LoggerFactory.getLogger(SerialThread.class);

  private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
  private final Thread thread;
  private volatile boolean sleeping;
  private volatile boolean closed;

  SerialThread(String name) {
    this.thread = start(name, this::run);
  }

  /** Starts a daemon thread of the plugin, which finds the plugin's classes and no caller's. */
  static Thread start(String name, Runnable body) {
    Thread thread = daemon(name, body);
    thread.start();
    return thread;
  }

  /** The same, not yet started. */
  static Thread daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(SerialThread.class.getClassLoader());
    return thread;
  }

  /** Waits for a thread to end, unless it is the caller's own. */
  static void join(Thread thread, Duration limit) {
    if (thread == Thread.currentThread()) {
      return;
    }
    try {
      thread.join(limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      warnOfSurvivor(thread.getName(), limit);
    }
  }

  static void warnOfSurvivor(String thread, Duration limit) {
    LOG.warn("The thread {} did not end within {} ms", thread, limit.toMillis());
  }

  @Override
  public void execute(Runnable task) {
    if (closed) {
      return;
    }
    work.add(task);
    if (sleeping) {
      LockSupport.unpark(thread);
    }
  }

  /** Does what is still waiting, and ends. */
  void close(Duration limit) {
    closed = true;
    LockSupport.unpark(thread);
    join(thread, limit);
  }

  private void run() {
    while (true) {
      Runnable task = work.poll();
      if (task != null) {
        perform(task);
      } else if (closed) {
        return;
      } else {
        sleeping = true;
        if (work.isEmpty() && !closed) {
          LockSupport.park(this);
        }
        sleeping = false;
      }
    }
  }

  private static void perform(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      // A barrier: what one task does to this thread must not keep the next from being done.
      LOG.error("A task of {} failed", Thread.currentThread().getName(), e);
    }
  }
}
