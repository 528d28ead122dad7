package dev.sideline.host.opencode;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between attempts: each up to twice as long as the one before, drawn by lot between half
 * and the whole of that, so that clients that lost the same server do not come back in step. For
 * one thread at a time.
 */
final class Backoff {

  private final Duration first;
  private final Duration last;
  private Duration next;

  Backoff(Duration first, Duration last) {
    this.first = first;
    this.last = last;
    this.next = first;
  }

  Duration pause() {
    long whole = Math.max(1, next.toMillis());
    Duration doubled = next.multipliedBy(2);
    next = doubled.compareTo(last) < 0 ? doubled : last;
    return Duration.ofMillis(whole - ThreadLocalRandom.current().nextLong(whole / 2 + 1));
  }

  void reset() {
    next = first;
  }
}
