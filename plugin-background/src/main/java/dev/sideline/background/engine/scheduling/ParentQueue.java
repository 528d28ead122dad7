package dev.sideline.background.engine.scheduling;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The tasks of one parent that wait for slots, in lanes by their limits. */
public final class ParentQueue implements ParentSession.SlotQueue, Lane.Owner {

  private final ParentSession parent;
  private final Map<LaneKeys, Lane> lanes = new LinkedHashMap<>(2);
  private int size;
  private long turn;
  private int passedOver;
  private long numberedAt;

  private ParentQueue(ParentSession parent) {
    this.parent = parent;
  }

  /** That of a parent, which it has from now on. */
  static ParentQueue of(ParentSession parent) {
    ParentQueue queue = (ParentQueue) parent.slotQueue();
    if (queue == null) {
      queue = new ParentQueue(parent);
      parent.slotQueue(queue);
    }
    return queue;
  }

  ParentSession parent() {
    return parent;
  }

  Collection<Lane> lanes() {
    return lanes.values();
  }

  @Nullable Lane lane(LaneKeys keys) {
    return lanes.get(keys);
  }

  void add(Lane lane) {
    lanes.put(lane.keys, lane);
  }

  void remove(Lane lane) {
    lanes.remove(lane.keys);
  }

  /** How many tasks wait. */
  int size() {
    return size;
  }

  @Override
  public long turn() {
    return turn;
  }

  void turn(long number) {
    turn = number;
  }

  /**
   * Another task waits, or one less does.
   *
   * @param more 1 or -1
   */
  void count(int more) {
    size += more;
  }

  /** Of the tasks that its lanes have to offer and that may work, the first by an order. */
  LiveTask first(Function<Lane, @Nullable LiveTask> offer, Comparator<LiveTask> order) {
    LiveTask first = null;
    for (Lane lane : lanes.values()) {
      LiveTask offered = lane.closed() == null ? offer.apply(lane) : null;
      if (offered != null && (first == null || order.compare(offered, first) < 0)) {
        first = offered;
      }
    }
    if (first == null) {
      throw new IllegalStateException("nothing of " + parent.session() + " may work");
    }
    return first;
  }

  /**
   * The next task by rank; but the one that has waited longest, if others have gone before it too
   * often.
   *
   * @param most how often others may
   */
  LiveTask inTurn(int most) {
    LiveTask next = first(Lane::first, Lane.BY_RANK);
    LiveTask longest = first(Lane::longestWaiting, Lane.BY_AGE);
    if (next == longest) {
      return next;
    }
    passedOver++;
    if (passedOver < most) {
      return next;
    }
    passedOver = 0;
    return longest;
  }

  /**
   * Numbers those that wait, in their order, unless that was done.
   *
   * @param changes how often any queue has changed
   */
  void number(long changes) {
    if (numberedAt == changes) {
      return;
    }
    numberedAt = changes;
    List<LiveTask> queued = new ArrayList<>(size);
    lanes.values().forEach(lane -> queued.addAll(lane.queued()));
    queued.sort(Lane.BY_RANK);
    for (int i = 0; i < queued.size(); i++) {
      queued.get(i).slot().number(i + 1);
    }
  }

  /** Whether no other task comes after one. */
  boolean isLast(LiveTask live) {
    for (Lane lane : lanes.values()) {
      LiveTask last = lane.last();
      if (last != null && Lane.BY_RANK.compare(last, live) > 0) {
        return false;
      }
    }
    return true;
  }
}
