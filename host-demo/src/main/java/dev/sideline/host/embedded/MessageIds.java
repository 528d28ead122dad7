package dev.sideline.host.embedded;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Ids of messages, which ascend with time and also as text. Safe for use from any thread. */
final class MessageIds {

  /** This many ids of one millisecond before they run ahead of the clock. */
  private static final int BITS_PER_MILLISECOND = 12;

  private final Clock clock;
  private final AtomicLong last;

  /**
   * @param last the number of the last one that was given out before; 0 if there was none
   */
  MessageIds(Clock clock, long last) {
    this.clock = clock;
    this.last = new AtomicLong(last);
  }

  String next() {
    return String.format("msg_%016x", nextNumber());
  }

  /** A number from the same row. */
  long nextNumber() {
    long now = clock.millis() << BITS_PER_MILLISECOND;
    return last.updateAndGet(before -> Math.max(before + 1, now));
  }

  /** The number of the last one that was given out. */
  long last() {
    return last.get();
  }
}
