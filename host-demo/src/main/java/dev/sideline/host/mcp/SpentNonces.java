package dev.sideline.host.mcp;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * Remembers which proofs were used, so that none is used twice, in bounded memory: whatever is
 * older than the oldest that is still remembered is refused unseen. Safe for use from any thread.
 */
final class SpentNonces {

  private record Spent(long issuedAtMillis, String nonce) {}

  /** What became of a proof. */
  enum Verdict {
    FRESH,
    USED,
    TOO_OLD
  }

  private final int capacity;
  private final TreeSet<Spent> spent =
      new TreeSet<>(Comparator.comparingLong(Spent::issuedAtMillis).thenComparing(Spent::nonce));
  private long floorMillis;

  /**
   * @param capacity how many are remembered
   * @param floorMillis anything issued before is too old
   */
  SpentNonces(int capacity, long floorMillis) {
    this.capacity = capacity;
    this.floorMillis = floorMillis;
  }

  /**
   * Uses a proof up.
   *
   * @param earliestMillis from now on, anything issued before this is too old
   */
  synchronized Verdict spend(CallerProof proof, long earliestMillis) {
    raiseFloor(earliestMillis);
    if (proof.issuedAtMillis() < floorMillis) {
      return Verdict.TOO_OLD;
    }
    if (!spent.add(new Spent(proof.issuedAtMillis(), proof.nonce()))) {
      return Verdict.USED;
    }
    while (spent.size() > capacity) {
      raiseFloor(spent.first().issuedAtMillis() + 1);
    }
    return Verdict.FRESH;
  }

  private void raiseFloor(long millis) {
    if (millis > floorMillis) {
      floorMillis = millis;
      while (!spent.isEmpty() && spent.first().issuedAtMillis() < floorMillis) {
        spent.pollFirst();
      }
    }
  }
}
