package dev.sideline.api.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock that stands still until it is set or advanced, and a stop-watch beside it: the two times
 * of a host, {@link dev.sideline.api.HostContext#clock} and {@link
 * dev.sideline.api.HostContext#nanoTime}. Safe for use from any thread.
 *
 * <table>
 *   <caption>What happens to a host</caption>
 *   <tr><th>method<th>clock<th>stop-watch<th>as when
 *   <tr><td>{@link #advance}<td>goes on<td>goes on<td>time passes
 *   <tr><td>{@link #pause}<td>goes on<td>goes on<td>the process is stopped for a time
 *   <tr><td>{@link #suspend}<td>goes on<td>stands still<td>the machine sleeps
 *   <tr><td>{@link #jump}, {@link #set}<td>is set<td>goes on unmoved<td>the clock is put right
 * </table>
 */
public final class SettableClock extends Clock {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Hands hands;
  private final ZoneId zone;

  /** A clock in UTC that shows the beginning of 2026. */
  public SettableClock() {
    this(START);
  }

  /** A clock in UTC that shows the given time. */
  public SettableClock(Instant start) {
    this(new Hands(start), ZoneOffset.UTC);
  }

  private SettableClock(Hands hands, ZoneId zone) {
    this.hands = hands;
    this.zone = zone;
  }

  /** Sets the clock alone; it may go back. */
  public void set(Instant time) {
    hands.set(time);
  }

  /**
   * Sets the clock alone, by so much forward, or back if that is negative.
   *
   * @return what it shows now
   */
  public Instant jump(Duration by) {
    return hands.move(by, Duration.ZERO);
  }

  /**
   * Lets time pass: both times go on, at once. A plugin that watches for pauses of its process
   * cannot tell a step of more than a second or two from one; to such a plugin, let a long time
   * pass in steps of which it sees each.
   *
   * @return what the clock shows now
   */
  public Instant advance(Duration step) {
    return hands.move(step, step);
  }

  /**
   * Has the process stand still for a time, as if it were stopped and continued: when it goes on,
   * both times have gone on without it.
   *
   * @return what the clock shows then
   */
  public Instant pause(Duration time) {
    return hands.move(time, time);
  }

  /**
   * Has the machine sleep for a time, over which the stop-watch stands still.
   *
   * @return what the clock shows then
   */
  public Instant suspend(Duration time) {
    return hands.move(time, Duration.ZERO);
  }

  @Override
  public Instant instant() {
    return hands.time();
  }

  /** The time of the stop-watch, in nanoseconds since a moment of its own. */
  public long nanoTime() {
    return hands.nanos();
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  /** The same clock in another zone: setting one sets the other. */
  @Override
  public SettableClock withZone(ZoneId zone) {
    return new SettableClock(hands, zone);
  }

  @Override
  public String toString() {
    return "SettableClock[" + instant() + "]";
  }

  /** The times, shared by the views of one clock in several zones. */
  private static final class Hands {

    private Instant time;

    /** Near the end of its range, which whoever takes it for a time of day may as well find. */
    private long nanos = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();

    Hands(Instant time) {
      this.time = time;
    }

    synchronized Instant time() {
      return time;
    }

    synchronized long nanos() {
      return nanos;
    }

    synchronized void set(Instant newTime) {
      time = newTime;
    }

    synchronized Instant move(Duration clockBy, Duration nanosBy) {
      time = time.plus(clockBy);
      nanos += nanosBy.toNanos();
      return time;
    }
  }
}
