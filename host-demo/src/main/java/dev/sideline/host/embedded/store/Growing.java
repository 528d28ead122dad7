package dev.sideline.host.embedded.store;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * An answer that is being written, whose beginnings are recorded from time to time: the less often,
 * the longer it is, so that what is written to the disk is bounded. Thread-safe.
 */
public final class Growing {

  private static final long USUAL_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long CHARACTERS_PER_SECOND = 1 << 16;

  private final Supplier<StoredMessage> soFar;
  private volatile boolean grown;
  private volatile boolean ended;

  /** Of the thread that writes. */
  private long nextNanos;

  Growing(Supplier<StoredMessage> soFar, long nowNanos) {
    this.soFar = soFar;
    this.nextNanos = nowNanos;
  }

  /** There is more of it, or it waits for something else. Costs next to nothing. */
  public void grown() {
    grown = true;
  }

  /** It is finished. */
  public void end() {
    ended = true;
  }

  boolean ended() {
    return ended;
  }

  boolean isDue(long nowNanos) {
    return grown && !ended && nowNanos - nextNanos >= 0;
  }

  /** What there is of it now, for which it is not due again for a while. */
  StoredMessage take(long nowNanos) {
    grown = false;
    StoredMessage row = soFar.get();
    long characters = row.message().text().length();
    nextNanos = nowNanos + Math.max(USUAL_NANOS, USUAL_NANOS * characters / CHARACTERS_PER_SECOND);
    return row;
  }
}
