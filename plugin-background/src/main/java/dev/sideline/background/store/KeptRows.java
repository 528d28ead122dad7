package dev.sideline.background.store;

import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * How much of what is finished is kept, and how much of that is loaded.
 *
 * @param loaded how many finished tasks an engine begins with, the newest
 * @param recorded how many are kept at most
 * @param recordedChars how long their texts may be together
 * @param lifetime how long each is kept
 * @param nowMillis the time by which theirs were told, in epoch milliseconds
 */
public record KeptRows(
    int loaded, int recorded, long recordedChars, Duration lifetime, LongSupplier nowMillis) {

  public KeptRows {
    Objects.requireNonNull(lifetime, "lifetime");
    Objects.requireNonNull(nowMillis, "nowMillis");
  }

  /** What ended before this is kept no longer. */
  long keptSinceMillis() {
    return nowMillis.getAsLong() - lifetime.toMillis();
  }
}
