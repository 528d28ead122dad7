package dev.sideline.host.cli;

import java.time.Duration;

/**
 * For how long there has been nothing to do, by somebody who looks in equal intervals. It is
 * counted in looks, so that a time in which the process stood still is none in which nobody came.
 * Thread-safe.
 */
final class QuietTime {

  private final Duration interval;
  private long looks;

  /**
   * @param interval between two looks
   */
  QuietTime(Duration interval) {
    this.interval = interval;
  }

  /** There is something to do, or may be. */
  synchronized void busy() {
    looks = 0;
  }

  /** There was nothing to do at this look. */
  synchronized void quiet() {
    looks++;
  }

  /** Whether it has been at least so long, by one look at least. */
  synchronized boolean hasLasted(Duration patience) {
    return looks > 0 && interval.multipliedBy(looks).compareTo(patience) >= 0;
  }
}
