package dev.sideline.background.engine.scheduling;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.SlotState;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The tasks of a parent that have the same limits, and those of them that wait, in their order. */
public final class Lane extends Contender implements SlotState.Queue {

  /** What a parent's lanes have together. */
  interface Owner {

    /** The number of its turn: the lowest has waited longest. */
    long turn();
  }

  /** Of higher rank first, then those that came first. */
  static final Comparator<LiveTask> BY_RANK =
      (one, other) -> {
        int byRank = Integer.compare(other.slot().rank(), one.slot().rank());
        return byRank != 0 ? byRank : Long.compare(one.slot().queuedAs(), other.slot().queuedAs());
      };

  /** Those that came first. */
  static final Comparator<LiveTask> BY_AGE =
      Comparator.comparingLong(live -> live.slot().queuedAs());

  /** Whose tasks they are. */
  final ParentSession parent;

  private final Owner owner;
  final LaneKeys keys;
  final List<Gate> gates;
  int members;

  /** Those that wait, of higher rank first. */
  private final NavigableMap<Integer, NavigableSet<LiveTask>> queue =
      new TreeMap<>(Comparator.reverseOrder());

  /**
   * @param owner what the lanes of the same parent have together
   * @param keys what tells it from the parent's other lanes
   * @param above those that share the gates which are not the parent's own
   * @param own the gate of the parent alone; null if there is none
   * @param gates all of them, in the order in which they are told of
   */
  Lane(
      ParentSession parent,
      Owner owner,
      LaneKeys keys,
      Group above,
      @Nullable Gate own,
      List<Gate> gates) {
    super(above, own);
    this.parent = parent;
    this.owner = owner;
    this.keys = keys;
    this.gates = gates;
    gates.forEach(gate -> gate.lanes++);
  }

  /** That of a task; null if it has none (any more). */
  public static @Nullable Lane of(LiveTask live) {
    return (Lane) live.slot().queue();
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

  void enqueue(LiveTask live) {
    queue.computeIfAbsent(live.slot().rank(), rank -> new TreeSet<>(BY_AGE)).add(live);
  }

  /** Takes a task out of the queue; tells whether it was in it. */
  boolean dequeue(LiveTask live) {
    NavigableSet<LiveTask> peers = queue.get(live.slot().rank());
    if (peers == null || !peers.remove(live)) {
      return false;
    }
    if (peers.isEmpty()) {
      queue.remove(live.slot().rank());
    }
    return true;
  }

  /** Those that wait, in their order. */
  public List<LiveTask> queued() {
    return queue.values().stream().flatMap(NavigableSet::stream).toList();
  }

  /** The next of those that wait; null if none does. */
  @Nullable LiveTask first() {
    return queue.isEmpty() ? null : queue.firstEntry().getValue().first();
  }

  /** The last of those that wait; null if none does. */
  @Nullable LiveTask last() {
    return queue.isEmpty() ? null : queue.lastEntry().getValue().last();
  }

  /** The one that has waited longest, whatever its rank; null if none does. */
  @Nullable LiveTask longestWaiting() {
    LiveTask longest = null;
    for (NavigableSet<LiveTask> peers : queue.values()) {
      if (longest == null || peers.first().slot().queuedAs() < longest.slot().queuedAs()) {
        longest = peers.first();
      }
    }
    return longest;
  }

  @Override
  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  int nextRank() {
    return queue.firstKey();
  }

  @Override
  long nextTurn() {
    return owner.turn();
  }

  @Override
  long nextEarliestTurn() {
    return owner.turn();
  }
}
