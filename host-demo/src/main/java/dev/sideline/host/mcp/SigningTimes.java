package dev.sideline.host.mcp;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * When a proof can have been signed. Signer and verifier read the same wall clock of the same
 * machine, so the two step together, and only what was signed before a step and arrives after it
 * tells of a time that is not now. What happened in between is told by the time that a monotonic
 * clock has counted.
 *
 * <p>Between two steps lies an <em>era</em>. A proof fits if it can be from one of them: signed
 * after the era began and before it ended, and not too long ago, counted without the step. Where a
 * clock that is set back shows times for the second time, two eras overlap; that a proof is not
 * used twice is the business of {@link SpentNonces}, which forgets nothing because a clock has
 * moved.
 *
 * <p>Not thread-safe.
 */
final class SigningTimes {

  /** By how much the two clocks may differ between two looks before it counts as a step. */
  private static final Duration STEP = Duration.ofSeconds(2);

  private static final int MAX_ERAS = 8;

  /** What became of a proof. */
  enum Verdict {
    FITS,
    TOO_OLD,
    IN_THE_FUTURE
  }

  /**
   * An era that is over.
   *
   * @param fromMillis the wall clock when it began
   * @param toMillis the wall clock when it ended
   * @param endedNanos when it ended, in monotonic time
   */
  private record Era(long fromMillis, long toMillis, long endedNanos) {}

  private final Clock wall;
  private final LongSupplier nanoTime;
  private final Duration validFor;
  private final Duration skew;
  private final Deque<Era> past = new ArrayDeque<>();
  private long fromMillis;
  private long lastMillis;
  private long lastNanos;

  /**
   * @param nanoTime as {@link System#nanoTime}
   * @param validFor how long after it was signed a proof may be used
   * @param skew how far ahead of our look at the clock a proof may be signed
   */
  SigningTimes(Clock wall, LongSupplier nanoTime, Duration validFor, Duration skew) {
    this.wall = wall;
    this.nanoTime = nanoTime;
    this.validFor = validFor;
    this.skew = skew;
    this.lastMillis = wall.millis();
    this.lastNanos = nanoTime.getAsLong();
    // What was signed before we began may have been used with the server before us.
    this.fromMillis = lastMillis - 1;
  }

  /** Judges a proof by when it says that it was signed. */
  Verdict judge(long issuedAtMillis) {
    return judge(issuedAtMillis, false);
  }

  /**
   * Judges a proof by when it says that it was signed.
   *
   * @param late whether it may have been signed before we began
   */
  Verdict judge(long issuedAtMillis, boolean late) {
    look();
    long from = late ? fromMillis - validFor.toMillis() : fromMillis;
    if (fits(issuedAtMillis, from, lastMillis + skew.toMillis(), lastMillis, 0)) {
      return Verdict.FITS;
    }
    for (Era era : past) {
      long since = Duration.ofNanos(lastNanos - era.endedNanos()).toMillis();
      if (fits(issuedAtMillis, era.fromMillis(), era.toMillis(), era.toMillis(), since)) {
        return Verdict.FITS;
      }
    }
    return issuedAtMillis > lastMillis + skew.toMillis() ? Verdict.IN_THE_FUTURE : Verdict.TOO_OLD;
  }

  private boolean fits(long issued, long from, long to, long end, long sinceMillis) {
    return issued >= from && issued <= to && end - issued + sinceMillis <= validFor.toMillis();
  }

  private void look() {
    long nanos = nanoTime.getAsLong();
    long millis = wall.millis();
    long passed = Duration.ofNanos(nanos - lastNanos).toMillis();
    if (Math.abs(millis - lastMillis - passed) > STEP.toMillis()) {
      past.addFirst(new Era(fromMillis, lastMillis + passed, nanos));
      if (past.size() > MAX_ERAS) {
        past.removeLast();
      }
      // Nobody saw when it was, so that it may have been right after the last look.
      fromMillis = millis - passed;
    }
    lastMillis = millis;
    lastNanos = nanos;
    past.removeIf(era -> nanos - era.endedNanos() > validFor.toNanos());
  }
}
