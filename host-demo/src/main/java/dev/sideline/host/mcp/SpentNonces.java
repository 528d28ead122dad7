package dev.sideline.host.mcp;

import java.util.Comparator;
import java.util.TreeSet;

/**
 * Remembers which proofs were used, so that none is used twice, in bounded memory: once some had to
 * be forgotten, whatever is not newer than those is refused unseen. Nothing is forgotten because of
 * what a clock says, as one that is set back makes old times new again. Safe for use from any
 * thread.
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
  private long floorMillis = Long.MIN_VALUE;

  /**
   * @param capacity how many are remembered
   */
  SpentNonces(int capacity) {
    this.capacity = capacity;
  }

  /** Uses a proof up. */
  synchronized Verdict spend(CallerProof proof) {
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
