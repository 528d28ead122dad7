package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import java.time.Clock;

/**
 * What the host's clocks show, and ours while they throw. Never throws; safe for use from any
 * thread. A clock that blocks holds up everything: it is read before inputs are taken, so that
 * nothing can be put between.
 */
final class HostTime {

  private final HostContext host;
  private final Clock clock;
  private final long aheadNanos;
  private volatile boolean reported;

  /** Reads both clocks once, which may throw. */
  HostTime(HostContext host) {
    this.host = host;
    this.clock = host.clock();
    this.aheadNanos = host.nanoTime() - System.nanoTime();
  }

  /** As {@link HostContext#nanoTime}. */
  long nanoTime() {
    try {
      return host.nanoTime();
    } catch (Throwable thrown) {
      report(thrown);
      return System.nanoTime() + aheadNanos;
    }
  }

  /** What the wall clock shows, in epoch milliseconds. */
  long wallMillis() {
    try {
      return clock.millis();
    } catch (Throwable thrown) {
      report(thrown);
      return System.currentTimeMillis();
    }
  }

  private void report(Throwable thrown) {
    if (!reported) {
      reported = true;
      Barrier.report("The host's clock", thrown);
    }
  }
}
