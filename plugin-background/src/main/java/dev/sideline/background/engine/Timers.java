package dev.sideline.background.engine;

import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is due at a later time. Cancelled timers leave at once, so that its size is that of what is
 * really waited for.
 */
final class Timers {

  /** Something that is due at a time. */
  static final class Timer implements Comparable<Timer> {
    private final long atMillis;
    private final long order;
    private final TimedEvent event;

    private Timer(long atMillis, long order, TimedEvent event) {
      this.atMillis = atMillis;
      this.order = order;
      this.event = event;
    }

    /** When it is due, in epoch milliseconds. */
    long atMillis() {
      return atMillis;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Timer timer && timer.order == order;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  private final TreeSet<Timer> timers = new TreeSet<>();
  private long nextOrder;

  /** Sets a timer, in epoch milliseconds. */
  Timer at(long atMillis, TimedEvent event) {
    Timer timer = new Timer(atMillis, nextOrder++, event);
    timers.add(timer);
    return timer;
  }

  /** Sets a timer to another time, unless it was due or cancelled. */
  Timer move(Timer timer, long atMillis) {
    return timers.remove(timer) ? at(atMillis, timer.event) : timer;
  }

  /** Whether a timer is neither due nor cancelled. */
  boolean contains(Timer timer) {
    return timers.contains(timer);
  }

  void cancel(@Nullable Timer timer) {
    if (timer != null) {
      timers.remove(timer);
    }
  }

  /** When the next timer is due, in epoch milliseconds; {@link Long#MAX_VALUE} if there is none. */
  long nextDue() {
    return timers.isEmpty() ? Long.MAX_VALUE : timers.first().atMillis;
  }

  /** Takes out what is due first; null if nothing is due. */
  @Nullable TimedEvent pollDue(long nowMillis) {
    if (timers.isEmpty() || timers.first().atMillis > nowMillis) {
      return null;
    }
    Timer due = timers.first();
    timers.remove(due);
    return due.event;
  }

  int size() {
    return timers.size();
  }
}
