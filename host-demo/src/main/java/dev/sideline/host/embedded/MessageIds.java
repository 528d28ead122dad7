package dev.sideline.host.embedded;

import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Ids of messages, which ascend with time and also as text. Safe for use from any thread. */
final class MessageIds {

  /** This many ids of one millisecond before they run ahead of the clock. */
  private static final int BITS_PER_MILLISECOND = 12;

  private final Clock clock;
  private final AtomicLong last = new AtomicLong();

  MessageIds(Clock clock) {
    this.clock = clock;
  }

  String next() {
    long now = clock.millis() << BITS_PER_MILLISECOND;
    return String.format("msg_%016x", last.updateAndGet(before -> Math.max(before + 1, now)));
  }
}
