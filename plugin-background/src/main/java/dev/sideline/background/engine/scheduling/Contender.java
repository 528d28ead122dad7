package dev.sideline.background.engine.scheduling;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * A lane of tasks, or a group of lanes, that contends for the next slot with others beside it. It
 * is listed among them while its gate is open and there is a task in it that may go.
 */
public abstract class Contender implements Gate.Behind {

  /** Those that contend with each other. */
  interface Group {

    /** Takes a member; tells its number. */
    long adopt();

    void list(Contender member);

    void unlist(Contender member);

    /** A member has closed. */
    void release(@Nullable Gate gate);

    /** What it has to offer may have changed. */
    void review();
  }

  static final Comparator<Contender> BY_RANK =
      (one, other) -> {
        int byRank = Integer.compare(other.rank, one.rank);
        int byTurn = byRank != 0 ? byRank : Long.compare(one.turn, other.turn);
        return byTurn != 0 ? byTurn : Long.compare(one.number, other.number);
      };

  static final Comparator<Contender> BY_WAITING =
      (one, other) -> {
        int byTurn = Long.compare(one.earliestTurn, other.earliestTurn);
        return byTurn != 0 ? byTurn : Long.compare(one.number, other.number);
      };

  private final @Nullable Group above;
  private final @Nullable Gate gate;

  /** Tells apart what belongs to the same parent, and so has the same turn. */
  private final long number;

  // --- as it is listed

  private boolean listed;
  private int rank;
  private long turn;
  private long earliestTurn;

  /**
   * @param above the group that it belongs to; null for the one that all belong to
   * @param gate the gate that leads here from there; null if there is none
   */
  Contender(@Nullable Group above, @Nullable Gate gate) {
    this.above = above;
    this.gate = gate;
    this.number = above == null ? 0 : above.adopt();
    if (gate != null) {
      gate.add(this);
    }
  }

  /** Whether there is nothing in it that may go, once its gate is open. */
  abstract boolean isEmpty();

  /** The rank of what would go next; asked for only if there is something. */
  abstract int nextRank();

  /** The turn of the parent whose task would go next; asked for only if there is something. */
  abstract long nextTurn();

  /** The earliest turn of a parent of which something may go; asked for only if there is one. */
  abstract long nextEarliestTurn();

  /** As it is listed. */
  int rank() {
    return rank;
  }

  /** As it is listed. */
  long turn() {
    return turn;
  }

  /** As it is listed. */
  long earliestTurn() {
    return earliestTurn;
  }

  /** Lists it where it belongs now, if anywhere. What has not changed is not passed on upwards. */
  @Override
  public final void review() {
    if (above == null) {
      return;
    }
    boolean ready = !isEmpty() && (gate == null || !gate.full());
    if (listed ? ready && isInPlace() : !ready) {
      return;
    }
    if (listed) {
      above.unlist(this);
    }
    listed = ready;
    if (ready) {
      rank = nextRank();
      turn = nextTurn();
      earliestTurn = nextEarliestTurn();
      above.list(this);
    }
    above.review();
  }

  private boolean isInPlace() {
    return rank == nextRank() && turn == nextTurn() && earliestTurn == nextEarliestTurn();
  }

  /** Nothing will come into it any more. */
  final void close() {
    if (gate != null) {
      gate.remove(this);
    }
    if (above != null) {
      if (listed) {
        listed = false;
        above.unlist(this);
        above.review();
      }
      above.release(gate);
    }
  }
}
