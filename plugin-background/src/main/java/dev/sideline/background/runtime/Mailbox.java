package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.Input;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of the engine, in order: many threads put, one takes.
 *
 * <p>Events are refused beyond a bound, for they can be made good by asking the host. Other inputs
 * are always taken; there is one at most for each call and each effect under way.
 */
final class Mailbox {

  private static final int MAX_EVENTS = 65_536;

  /** The counter is shared with whoever puts: it is not touched for each event that is taken. */
  private static final int COUNTED_TOGETHER = 64;

  /** Inputs, and marks between them. */
  private final Queue<Object> inputs = new ConcurrentLinkedQueue<>();

  private final AtomicInteger events = new AtomicInteger();
  private volatile @Nullable Thread sleeper;

  /** Events taken and not yet counted; belongs to the thread that takes. */
  private int taken;

  /** Set by a wake, cleared by the sleep that it ends: a wake may come before the sleep begins. */
  private volatile boolean woken;

  /** A place between two inputs. Belongs to the thread that takes. */
  static final class Mark {
    private boolean reached;

    /** Whether all inputs that were put before it may have been taken. */
    boolean reached() {
      return reached;
    }
  }

  /** Marks the end of what waits now. Called by the thread that takes. */
  Mark mark() {
    Mark mark = new Mark();
    inputs.add(mark);
    return mark;
  }

  void put(Input input) {
    inputs.add(input);
    wake();
  }

  /** Takes an event, unless there are too many. */
  boolean offer(Input.Observed event) {
    if (events.incrementAndGet() > MAX_EVENTS) {
      events.decrementAndGet();
      return false;
    }
    inputs.add(event);
    wake();
    return true;
  }

  /** The next input; null if there is none. */
  @Nullable Input poll() {
    Input input = next();
    if (input instanceof Input.Observed) {
      taken++;
    }
    if (taken == COUNTED_TOGETHER || (input == null && taken > 0)) {
      events.addAndGet(-taken);
      taken = 0;
    }
    return input;
  }

  private @Nullable Input next() {
    Object next = inputs.poll();
    while (next instanceof Mark mark) {
      mark.reached = true;
      next = inputs.poll();
    }
    return (Input) next;
  }

  /**
   * Sleeps until there is an input or a wake, or for a time; may return earlier. Does not sleep if
   * there has been a wake since the last sleep.
   */
  void sleep(long nanos) {
    sleeper = Thread.currentThread();
    if (inputs.isEmpty() && !woken) {
      LockSupport.parkNanos(this, nanos);
    }
    sleeper = null;
    woken = false;
  }

  /**
   * Ends the sleep, also one that is just about to begin, so that what has changed is looked at.
   */
  void wake() {
    if (!woken) {
      // Written only when it changes: each write takes the line from the other thread's cache.
      woken = true;
    }
    Thread sleeping = sleeper;
    if (sleeping != null) {
      LockSupport.unpark(sleeping);
    }
  }
}
