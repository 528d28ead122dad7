package dev.sideline.background.ledger;

import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the queue for them.
 *
 * <p>A slot is the right to work. A task takes one when it starts, and gives it back in the very
 * step in which it ends, or has nothing to do but wait for somebody else; it takes one again before
 * it is let go on. So nobody who waits keeps from working those whom it waits for, and no limit is
 * exceeded, not even by a burst. Only where a host lets a session go on without asking, a slot is
 * taken that is not there; nothing else starts until it is made good.
 *
 * <p>Of those that wait, the ones that were at work before go first, then those of higher priority.
 * Among equals, parents take turns: one that has launched a hundred tasks does not keep another's
 * first one waiting. And every fourth turn is that of the parent which has waited longest, whatever
 * the priorities, so that nobody waits for ever.
 */
final class Admission {

  /** Goes before every priority. */
  private static final int AT_WORK_BEFORE = Integer.MAX_VALUE;

  private static final int TURNS_UNTIL_LONGEST_WAITING = 4;

  private static final Comparator<Entry> IN_LANE =
      (one, other) -> {
        int byRank = Integer.compare(other.rank, one.rank);
        return byRank != 0 ? byRank : Long.compare(one.queuedAs, other.queuedAs);
      };

  private static final Comparator<Family> BY_WAITING =
      Comparator.comparingLong(family -> family.turn);

  private static final Comparator<Family> BY_RANK =
      (one, other) -> {
        int byRank = Integer.compare(other.rank, one.rank);
        return byRank != 0 ? byRank : Long.compare(one.turn, other.turn);
      };

  /** A limit, and what is used of it. */
  static final class Gate {
    private final String name;
    private final Limit limit;
    private int used;

    /** How many lanes lead through here. */
    private int lanes;

    /** What waits for a slot and has to come through here. */
    private final Set<Lane> waiting = new LinkedHashSet<>();

    private Gate(String name, Limit limit) {
      this.name = name;
      this.limit = limit;
    }

    private boolean full() {
      return limit.value() > 0 && used >= limit.value();
    }
  }

  /** The tasks of a parent that have the same limits. */
  static final class Lane {
    private final Family family;
    private final Keys keys;
    private final List<Gate> gates;
    private final TreeSet<Entry> queue = new TreeSet<>(IN_LANE);
    private int members;

    private Lane(Family family, Keys keys, List<Gate> gates) {
      this.family = family;
      this.keys = keys;
      this.gates = gates;
    }

    private @Nullable Gate closed() {
      for (Gate gate : gates) {
        if (gate.full()) {
          return gate;
        }
      }
      return null;
    }
  }

  /** The names that tasks are counted under; empty where there is no limit. */
  private record Keys(String agent, String model, String provider) {}

  private final Settings.Slots limits;
  private final Gate all;
  private final Gate starts;
  private final Map<String, Gate> byName = new HashMap<>();

  /** Families with something in their queue that may have a slot. */
  private final TreeSet<Family> byRank = new TreeSet<>(BY_RANK);

  private final TreeSet<Family> byWaiting = new TreeSet<>(BY_WAITING);
  private long lastNumber;
  private int turns;

  /** Counts the changes of all queues. */
  private long changes;

  Admission(Settings settings) {
    this.limits = settings.slots();
    this.all = new Gate("", new Limit("max_running", limits.maxRunning(), null));
    this.starts = new Gate("", new Limit("max_starting", limits.maxStarting(), null));
  }

  // --- lanes

  /** Gives a task its lane, by its agent and its present model. */
  void assign(Entry entry) {
    leave(entry);
    Task task = entry.task;
    ModelRef model = task.model();
    Keys keys =
        new Keys(
            key(limits.perAgent(), task.assignment().agent()),
            key(limits.perModel(), model == null ? KeyLimits.UNNAMED : model.toString()),
            key(limits.perProvider(), model == null ? KeyLimits.UNNAMED : model.provider()));
    Lane lane = entry.family.lanes.get(keys);
    if (lane == null) {
      lane = new Lane(entry.family, keys, gates(entry.family, keys));
      lane.gates.forEach(gate -> gate.lanes++);
      entry.family.lanes.put(keys, lane);
    }
    lane.members++;
    entry.lane = lane;
  }

  /** A task that holds no slot and waits for none will not do so any more. */
  void leave(Entry entry) {
    Lane lane = entry.lane;
    if (lane != null) {
      entry.lane = null;
      lane.members--;
      if (lane.members == 0) {
        lane.family.lanes.remove(lane.keys);
        for (Gate gate : lane.gates) {
          gate.lanes--;
          if (gate.lanes == 0) {
            byName.remove(gate.name);
          }
        }
      }
    }
  }

  private static String key(KeyLimits limits, String name) {
    return limits.unlimited() ? "" : KeyLimits.normalised(name);
  }

  private List<Gate> gates(Family family, Keys keys) {
    List<Gate> gates = new ArrayList<>(2);
    if (limits.maxRunningPerParent() > 0) {
      gates.add(named("max_running_per_parent", limits.maxRunningPerParent(), family.parent, null));
    }
    if (limits.maxRunningPerTree() > 0) {
      gates.add(named("max_running_per_tree", limits.maxRunningPerTree(), family.root(), null));
    }
    keyed(gates, "max_running_per_agent", limits.perAgent(), keys.agent());
    keyed(gates, "max_running_per_model", limits.perModel(), keys.model());
    keyed(gates, "max_running_per_provider", limits.perProvider(), keys.provider());
    return List.copyOf(gates);
  }

  private void keyed(List<Gate> gates, String setting, KeyLimits limits, String name) {
    if (!name.isEmpty() && limits.of(name) > 0) {
      gates.add(named(setting, limits.of(name), name, name));
    }
  }

  private Gate named(String setting, int value, String name, @Nullable String of) {
    return byName.computeIfAbsent(
        setting + ' ' + name, key -> new Gate(key, new Limit(setting, value, of)));
  }

  // --- the queue

  /** Lets a task wait for a slot to start with. */
  void enqueue(Entry entry) {
    enqueue(entry, entry.task.terms().priority());
  }

  /** Lets a task wait for a slot to go on with. */
  void enqueueAgain(Entry entry) {
    enqueue(entry, AT_WORK_BEFORE);
  }

  private void enqueue(Entry entry, int rank) {
    Lane lane = laneOf(entry);
    entry.rank = rank;
    entry.queuedAs = ++lastNumber;
    changes++;
    if (lane.queue.isEmpty()) {
      lane.gates.forEach(gate -> gate.waiting.add(lane));
    }
    Family family = entry.family;
    if (family.queued == 0) {
      family.turn = ++lastNumber;
    }
    family.queued++;
    lane.queue.add(entry);
    review(family);
  }

  /** Takes a task out of the queue. */
  void dequeue(Entry entry) {
    Lane lane = laneOf(entry);
    if (lane.queue.remove(entry)) {
      entry.queuedAs = 0;
      entry.family.queued--;
      changes++;
      if (lane.queue.isEmpty()) {
        lane.gates.forEach(gate -> gate.waiting.remove(lane));
      }
      review(entry.family);
    }
  }

  /** The next task that may work, with its slot taken; null if none may. */
  @Nullable Entry next() {
    if (all.full() || byRank.isEmpty()) {
      return null;
    }
    Family family = byRank.first();
    if (family.rank != AT_WORK_BEFORE) {
      if (starts.full()) {
        return null;
      }
      turns++;
      if (turns % TURNS_UNTIL_LONGEST_WAITING == 0) {
        family = byWaiting.first();
      }
    }
    Entry entry = head(family);
    if (entry == null) {
      throw new IllegalStateException("nothing of " + family.parent + " may work");
    }
    boolean starting = entry.rank != AT_WORK_BEFORE;
    dequeue(entry);
    unlist(family);
    family.turn = ++lastNumber;
    take(entry);
    if (starting) {
      starts.used++;
    }
    review(family);
    return entry;
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  void hasStarted() {
    starts.used--;
  }

  /** Has a task work that was not asked whether it may, and does. */
  void take(Entry entry) {
    all.used++;
    entry.working = true;
    for (Gate gate : laneOf(entry).gates) {
      boolean before = gate.full();
      gate.used++;
      reviewIfChanged(gate, before);
    }
  }

  /** A task has ended, or has nothing to do but wait. */
  void release(Entry entry) {
    all.used--;
    entry.working = false;
    for (Gate gate : laneOf(entry).gates) {
      boolean before = gate.full();
      gate.used--;
      reviewIfChanged(gate, before);
    }
  }

  private void reviewIfChanged(Gate gate, boolean before) {
    if (before != gate.full()) {
      List.copyOf(gate.waiting).forEach(lane -> review(lane.family));
    }
  }

  private static @Nullable Entry head(Family family) {
    Entry head = null;
    for (Lane lane : family.lanes.values()) {
      if (!lane.queue.isEmpty() && lane.closed() == null) {
        Entry first = lane.queue.first();
        if (head == null || IN_LANE.compare(first, head) < 0) {
          head = first;
        }
      }
    }
    return head;
  }

  private void review(Family family) {
    Entry head = head(family);
    if (head != null && byWaiting.contains(family) && family.rank == head.rank) {
      return;
    }
    unlist(family);
    if (head != null) {
      family.rank = head.rank;
      byRank.add(family);
      byWaiting.add(family);
    }
  }

  private void unlist(Family family) {
    if (byWaiting.remove(family)) {
      byRank.remove(family);
    }
  }

  /**
   * Counts anew what is used, by those that hold a slot or start.
   *
   * @param entries all that there are
   */
  void recount(List<Entry> entries) {
    all.used = 0;
    starts.used = 0;
    byName.values().forEach(gate -> gate.used = 0);
    for (Entry entry : entries) {
      Lane lane = entry.lane;
      entry.working &= lane != null;
      if (entry.working && lane != null) {
        all.used++;
        lane.gates.forEach(gate -> gate.used++);
      }
      if (entry.task.status() == TaskStatus.STARTING) {
        starts.used++;
      }
    }
    entries.stream().map(entry -> entry.family).distinct().forEach(this::review);
  }

  // --- what is told

  /** What a task that holds no slot would have to wait for; null if it need not wait. */
  @Nullable Limit obstacle(Entry entry) {
    Limit full = full(entry);
    return full == null && starts.full() ? starts.limit : full;
  }

  /** The limit on those that work which leaves no room for a task; null if there is room. */
  @Nullable Limit full(Entry entry) {
    Gate closed = all.full() ? all : laneOf(entry).closed();
    return closed == null ? null : closed.limit;
  }

  /** The place of a task in its family's queue, 1 for the next; 0 if it is not in it. */
  int position(Entry entry) {
    if (entry.queuedAs == 0) {
      return 0;
    }
    Family family = entry.family;
    if (family.lanes.size() == 1 && laneOf(entry).queue.last() == entry) {
      return family.queued;
    }
    if (family.numberedAt != changes) {
      family.numberedAt = changes;
      List<Entry> queued = new ArrayList<>(family.queued);
      family.lanes.values().forEach(lane -> queued.addAll(lane.queue));
      queued.sort(IN_LANE);
      for (int i = 0; i < queued.size(); i++) {
        queued.get(i).position = i + 1;
      }
    }
    return entry.position;
  }

  /** How many slots are taken. */
  int working() {
    return all.used;
  }

  private static Lane laneOf(Entry entry) {
    Lane lane = entry.lane;
    if (lane == null) {
      throw new IllegalStateException(entry.task.id() + " has no lane");
    }
    return lane;
  }

  /** Makes the map of a family's lanes. */
  static Map<Object, Lane> noLanes() {
    return new LinkedHashMap<>(2);
  }
}
