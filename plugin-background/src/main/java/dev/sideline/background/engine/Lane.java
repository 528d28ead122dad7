package dev.sideline.background.engine;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tasks of a parent that have the same limits, and those of them that wait, in their order. */
final class Lane extends Contender {

  /** Of higher rank first, then those that came first. */
  static final Comparator<LiveTask> IN_LANE =
      (one, other) -> {
        int byRank = Integer.compare(other.rank, one.rank);
        return byRank != 0 ? byRank : Long.compare(one.queuedAs, other.queuedAs);
      };

  final ParentSession parent;
  final Lanes.Keys keys;
  final List<Gate> gates;
  final TreeSet<LiveTask> queue = new TreeSet<>(IN_LANE);
  int members;

  /**
   * @param keys what tells it from the parent's other lanes
   * @param above those that share the gates which are not the parent's own
   * @param own the gate of the parent alone; null if there is none
   * @param gates all of them, in the order in which they are told of
   */
  Lane(
      ParentSession parent,
      Lanes.Keys keys,
      LaneGroup above,
      @Nullable Gate own,
      List<Gate> gates) {
    super(above, own);
    this.parent = parent;
    this.keys = keys;
    this.gates = gates;
    gates.forEach(gate -> gate.lanes++);
  }

  /** The first gate that lets nobody in; null if all do. */
  @Nullable Gate closed() {
    for (Gate gate : gates) {
      if (gate.full()) {
        return gate;
      }
    }
    return null;
  }

  @Override
  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  int nextRank() {
    return queue.first().rank;
  }

  @Override
  long nextTurn() {
    return parent.turn;
  }

  @Override
  long nextEarliestTurn() {
    return parent.turn;
  }
}
