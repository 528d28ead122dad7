package dev.sideline.background.simulation;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A clock that jumps to whatever happens next, and never back: as for the engine itself, which
 * knows one time that no clock of the machine can change.
 */
final class VirtualTime extends Clock {

  private static final long START = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

  private record Happening(long at, long order, Runnable action) {}

  private final PriorityQueue<Happening> happenings =
      new PriorityQueue<>(
          Comparator.comparingLong(Happening::at).thenComparingLong(Happening::order));
  private long now = START;
  private long order;

  void after(long delayMillis, Runnable action) {
    at(now + delayMillis, action);
  }

  void at(long millis, Runnable action) {
    happenings.add(new Happening(Math.max(now, millis), order++, action));
  }

  /** Lets the next thing happen; false if there is none. */
  boolean next() {
    Happening next = happenings.poll();
    if (next == null) {
      return false;
    }
    if (next.at() < now) {
      throw new IllegalStateException("time goes back, from " + now + " to " + next.at());
    }
    now = next.at();
    next.action().run();
    return true;
  }

  long elapsed() {
    return now - START;
  }

  @Override
  public long millis() {
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(now);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
