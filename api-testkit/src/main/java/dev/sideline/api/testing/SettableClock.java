package dev.sideline.api.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that stands still until it is set or advanced. Safe for use from any thread. */
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

  /** Sets the time; it may go back. */
  public void set(Instant time) {
    hands.set(time);
  }

  /**
   * Moves the time on.
   *
   * @return the new time
   */
  public Instant advance(Duration step) {
    return hands.advance(step);
  }

  @Override
  public Instant instant() {
    return hands.time();
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

  /** The time, shared by the views of one clock in several zones. */
  private static final class Hands {

    private Instant time;

    Hands(Instant time) {
      this.time = time;
    }

    synchronized Instant time() {
      return time;
    }

    synchronized void set(Instant newTime) {
      time = newTime;
    }

    synchronized Instant advance(Duration step) {
      time = time.plus(step);
      return time;
    }
  }
}
