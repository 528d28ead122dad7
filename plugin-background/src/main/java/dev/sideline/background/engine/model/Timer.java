package dev.sideline.background.engine.model;

import org.jspecify.annotations.Nullable;

/** A time at which something is due; what that is, {@link Timers} knows. */
public final class Timer implements Comparable<Timer> {

  private final long atMillis;
  private final long order;

  Timer(long atMillis, long order) {
    this.atMillis = atMillis;
    this.order = order;
  }

  /** When it is due, in epoch milliseconds. */
  public long atMillis() {
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
