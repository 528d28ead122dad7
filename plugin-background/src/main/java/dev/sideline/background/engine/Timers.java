package dev.sideline.background.engine;

import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What is to be done at a later time. Cancelled timers leave at once, so that its size is that of
 * what is really waited for.
 */
final class Timers {

  /** Something to be done at a time. */
  static final class Timer implements Comparable<Timer> {
    private final long atMillis;
    private final long order;
    private final Runnable action;

    private Timer(long atMillis, long order, Runnable action) {
      this.atMillis = atMillis;
      this.order = order;
      this.action = action;
    }

    /** When it is to be done, in epoch milliseconds. */
    long atMillis() {
      return atMillis;
    }

    @Override
    public int compareTo(Timer other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Timer timer && timer.order == order;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(order);
    }
  }

  private final TreeSet<Timer> timers = new TreeSet<>();
  private long nextOrder;

  /** Has an action done at a time, in epoch milliseconds. */
  Timer at(long atMillis, Runnable action) {
    Timer timer = new Timer(atMillis, nextOrder++, action);
    timers.add(timer);
    return timer;
  }

  /** Has an timer done at another time, if it is still to be done. */
  Timer move(Timer timer, long atMillis) {
    return timers.remove(timer) ? at(atMillis, timer.action) : timer;
  }

  /** Whether an timer is still to be done. */
  boolean contains(Timer timer) {
    return timers.contains(timer);
  }

  void cancel(Timer timer) {
    timers.remove(timer);
  }

  /** When the next timer is due, in epoch milliseconds; {@link Long#MAX_VALUE} if there is none. */
  long nextDue() {
    return timers.isEmpty() ? Long.MAX_VALUE : timers.first().atMillis;
  }

  /**
   * Does what is due. Items that this adds are done too, if they are due already.
   *
   * @param each does one of them
   */
  void run(long nowMillis, Consumer<Runnable> each) {
    while (!timers.isEmpty() && timers.first().atMillis <= nowMillis) {
      Timer due = timers.first();
      timers.remove(due);
      each.accept(due.action);
    }
  }

  int size() {
    return timers.size();
  }
}
