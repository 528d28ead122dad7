package dev.sideline.background.runtime;

import dev.sideline.api.HostContext;
import dev.sideline.background.engine.protocol.Input;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time that everything in the plugin goes by: milliseconds that begin at what the wall clock
 * shows then, and only go on, whatever that clock is set to. It stands still while the process
 * does.
 *
 * <p>One thread passes by at short intervals and says when it will at the latest. When it comes
 * much later, the process was stopped, or so busy with itself that it comes to the same. Until then
 * nobody sees a time beyond what was to be expected, so that it need not be taken back. A machine
 * that sleeps may stop the monotonic clock too; that the wall clock has run ahead of it tells.
 *
 * <p>Safe for use from any thread, but for {@link #pass} and {@link #expectBy}. The only class that
 * reads the host's clocks.
 */
final class Timeline {

  /** A pass that is late by more than this was kept from coming. */
  static final long TOLERANCE_MILLIS = 2_000;

  /** By this much the wall clock is not put right every day. */
  static final long LEAP_MILLIS = 3_000;

  /** So much of a change of the wall clock is the error of reading two clocks. */
  private static final long READING_MILLIS = 100;

  /** What lies beyond these is as good as never; and can be added to. */
  private static final Instant FIRST = Instant.ofEpochMilli(Long.MIN_VALUE / 2);

  private static final Instant LAST = Instant.ofEpochMilli(Long.MAX_VALUE / 2);

  /**
   * How the time is told.
   *
   * @param skippedMillis for how long the process has stood still
   * @param limitMillis the time beyond which it is not told before the next pass
   */
  private record Reckoning(long skippedMillis, long limitMillis) {}

  private final HostTime host;
  private final long startMillis;
  private final long startNanos;
  private volatile Reckoning reckoning;

  /** What the wall clock shows beyond this time. */
  private volatile long wallOffsetMillis;

  /** Begins with a pass. */
  Timeline(HostContext host) {
    this.host = new HostTime(host);
    this.startMillis = this.host.wallMillis();
    this.startNanos = this.host.nanoTime();
    this.reckoning = new Reckoning(0, startMillis + 2 * TOLERANCE_MILLIS);
  }

  /** The time. */
  long nowMillis() {
    Reckoning now = reckoning;
    return Math.min(told(now), now.limitMillis());
  }

  /** A time as the wall clock would have shown it, had it always been as it is now. */
  long wallMillis(long timeMillis) {
    return timeMillis + wallOffsetMillis;
  }

  /**
   * The time at which the wall clock will show what a host says; far away if it is out of range.
   */
  long at(Instant wall) {
    Instant bounded = wall.isAfter(LAST) ? LAST : wall.isBefore(FIRST) ? FIRST : wall;
    return bounded.toEpochMilli() - wallOffsetMillis;
  }

  /**
   * Passes by. To be followed by another pass within {@link #TOLERANCE_MILLIS}, or by {@link
   * #expectBy}.
   *
   * @return that the process has stood still since the last time; null if it has not
   */
  Input.@Nullable Paused pass() {
    Reckoning last = reckoning;
    long now = told(last);
    long gap = Math.max(0, now - last.limitMillis());
    now -= gap;
    long left = last.limitMillis() - now;
    if (gap > 0 || left < TOLERANCE_MILLIS || left > 2 * TOLERANCE_MILLIS) {
      reckoning = new Reckoning(last.skippedMillis() + gap, now + 2 * TOLERANCE_MILLIS);
    }
    boolean leapt = wallLeapt(gap);
    return gap > 0 || leapt ? new Input.Paused(gap) : null;
  }

  /** The next pass comes at this time at the latest. */
  void expectBy(long timeMillis) {
    reckoning = new Reckoning(reckoning.skippedMillis(), timeMillis + TOLERANCE_MILLIS);
  }

  /** Whether the wall clock has gone on by much more than this time and the gap together. */
  private boolean wallLeapt(long gapMillis) {
    long expected = wallOffsetMillis + gapMillis;
    long offset = wallOffset();
    if (Math.abs(offset - expected) >= READING_MILLIS) {
      // The thread may have been held up between the two transcripts, which makes it more.
      offset = Math.min(offset, wallOffset());
    }
    boolean changed = Math.abs(offset - expected) >= READING_MILLIS;
    if (changed || gapMillis > 0) {
      wallOffsetMillis = changed ? offset : expected;
    }
    return offset - expected > LEAP_MILLIS;
  }

  private long wallOffset() {
    long now = told(reckoning);
    return host.wallMillis() - now;
  }

  private long told(Reckoning how) {
    long ranMillis = (host.nanoTime() - startNanos) / 1_000_000;
    return startMillis + ranMillis - how.skippedMillis();
  }
}
