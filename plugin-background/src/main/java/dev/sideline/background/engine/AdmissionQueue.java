package dev.sideline.background.engine;

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
final class AdmissionQueue {

  /** Goes before every priority. */
  private static final int AT_WORK_BEFORE = Integer.MAX_VALUE;

  private static final int TURNS_UNTIL_LONGEST_WAITING = 4;

  private static final Comparator<LiveTask> IN_LANE =
      (one, other) -> {
        int byRank = Integer.compare(other.rank, one.rank);
        return byRank != 0 ? byRank : Long.compare(one.queuedAs, other.queuedAs);
      };

  private static final Comparator<ParentSession> BY_WAITING =
      Comparator.comparingLong(parent -> parent.turn);

  private static final Comparator<ParentSession> BY_RANK =
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
    private final ParentSession parent;
    private final Keys keys;
    private final List<Gate> gates;
    private final TreeSet<LiveTask> queue = new TreeSet<>(IN_LANE);
    private int members;

    private Lane(ParentSession parent, Keys keys, List<Gate> gates) {
      this.parent = parent;
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
  private final TreeSet<ParentSession> byRank = new TreeSet<>(BY_RANK);

  private final TreeSet<ParentSession> byWaiting = new TreeSet<>(BY_WAITING);
  private long lastNumber;
  private int turns;

  /** Counts the changes of all queues. */
  private long changes;

  AdmissionQueue(Settings settings) {
    this.limits = settings.slots();
    this.all = new Gate("", new Limit("max_running", limits.maxRunning(), null));
    this.starts = new Gate("", new Limit("max_starting", limits.maxStarting(), null));
  }

  // --- lanes

  /** Gives a task its lane, by its agent and its present model. */
  void assign(LiveTask live) {
    leave(live);
    Task task = live.task;
    ModelRef model = task.model();
    Keys keys =
        new Keys(
            key(limits.perAgent(), task.spec().agent()),
            key(limits.perModel(), model == null ? KeyLimits.UNNAMED : model.toString()),
            key(limits.perProvider(), model == null ? KeyLimits.UNNAMED : model.provider()));
    Lane lane = live.parent.lanes.get(keys);
    if (lane == null) {
      lane = new Lane(live.parent, keys, gates(live.parent, keys));
      lane.gates.forEach(gate -> gate.lanes++);
      live.parent.lanes.put(keys, lane);
    }
    lane.members++;
    live.lane = lane;
  }

  /** A task that holds no slot and waits for none will not do so any more. */
  void leave(LiveTask live) {
    Lane lane = live.lane;
    if (lane != null) {
      live.lane = null;
      lane.members--;
      if (lane.members == 0) {
        lane.parent.lanes.remove(lane.keys);
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

  private List<Gate> gates(ParentSession parent, Keys keys) {
    List<Gate> gates = new ArrayList<>(2);
    if (limits.maxRunningPerParent() > 0) {
      gates.add(
          named("max_running_per_parent", limits.maxRunningPerParent(), parent.session, null));
    }
    if (limits.maxRunningPerTree() > 0) {
      gates.add(named("max_running_per_tree", limits.maxRunningPerTree(), parent.root(), null));
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
  void enqueue(LiveTask live) {
    enqueue(live, live.task.options().priority());
  }

  /** Lets a task wait for a slot to go on with. */
  void enqueueAgain(LiveTask live) {
    enqueue(live, AT_WORK_BEFORE);
  }

  private void enqueue(LiveTask live, int rank) {
    Lane lane = laneOf(live);
    live.rank = rank;
    live.queuedAs = ++lastNumber;
    changes++;
    if (lane.queue.isEmpty()) {
      lane.gates.forEach(gate -> gate.waiting.add(lane));
    }
    ParentSession parent = live.parent;
    if (parent.queued == 0) {
      parent.turn = ++lastNumber;
    }
    parent.queued++;
    lane.queue.add(live);
    review(parent);
  }

  /** Takes a task out of the queue. */
  void dequeue(LiveTask live) {
    Lane lane = laneOf(live);
    if (lane.queue.remove(live)) {
      live.queuedAs = 0;
      live.parent.queued--;
      changes++;
      if (lane.queue.isEmpty()) {
        lane.gates.forEach(gate -> gate.waiting.remove(lane));
      }
      review(live.parent);
    }
  }

  /** The next task that may work, with its slot taken; null if none may. */
  @Nullable LiveTask next() {
    if (all.full() || byRank.isEmpty()) {
      return null;
    }
    ParentSession parent = byRank.first();
    if (parent.rank != AT_WORK_BEFORE) {
      if (starts.full()) {
        return null;
      }
      turns++;
      if (turns % TURNS_UNTIL_LONGEST_WAITING == 0) {
        parent = byWaiting.first();
      }
    }
    LiveTask live = head(parent);
    if (live == null) {
      throw new IllegalStateException("nothing of " + parent.session + " may work");
    }
    boolean starting = live.rank != AT_WORK_BEFORE;
    dequeue(live);
    unlist(parent);
    parent.turn = ++lastNumber;
    take(live);
    if (starting) {
      starts.used++;
    }
    review(parent);
    return live;
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  void onLeftStarting() {
    starts.used--;
  }

  /** Has a task work that was not asked whether it may, and does. */
  void take(LiveTask live) {
    all.used++;
    live.working = true;
    for (Gate gate : laneOf(live).gates) {
      boolean before = gate.full();
      gate.used++;
      reviewIfChanged(gate, before);
    }
  }

  /** A task has ended, or has nothing to do but wait. */
  void release(LiveTask live) {
    all.used--;
    live.working = false;
    for (Gate gate : laneOf(live).gates) {
      boolean before = gate.full();
      gate.used--;
      reviewIfChanged(gate, before);
    }
  }

  private void reviewIfChanged(Gate gate, boolean before) {
    if (before != gate.full()) {
      List.copyOf(gate.waiting).forEach(lane -> review(lane.parent));
    }
  }

  private static @Nullable LiveTask head(ParentSession parent) {
    LiveTask head = null;
    for (Lane lane : parent.lanes.values()) {
      if (!lane.queue.isEmpty() && lane.closed() == null) {
        LiveTask first = lane.queue.first();
        if (head == null || IN_LANE.compare(first, head) < 0) {
          head = first;
        }
      }
    }
    return head;
  }

  private void review(ParentSession parent) {
    LiveTask head = head(parent);
    if (head != null && byWaiting.contains(parent) && parent.rank == head.rank) {
      return;
    }
    unlist(parent);
    if (head != null) {
      parent.rank = head.rank;
      byRank.add(parent);
      byWaiting.add(parent);
    }
  }

  private void unlist(ParentSession parent) {
    if (byWaiting.remove(parent)) {
      byRank.remove(parent);
    }
  }

  /**
   * Counts anew what is used, by those that hold a slot or start.
   *
   * @param entries all that there are
   */
  void recount(List<LiveTask> entries) {
    all.used = 0;
    starts.used = 0;
    byName.values().forEach(gate -> gate.used = 0);
    for (LiveTask live : entries) {
      Lane lane = live.lane;
      live.working &= lane != null;
      if (live.working && lane != null) {
        all.used++;
        lane.gates.forEach(gate -> gate.used++);
      }
      if (live.task.status() == TaskStatus.STARTING) {
        starts.used++;
      }
    }
    entries.stream().map(live -> live.parent).distinct().forEach(this::review);
  }

  // --- what is told

  /** What a task that holds no slot would have to wait for; null if it need not wait. */
  @Nullable Limit obstacle(LiveTask live) {
    Limit full = full(live);
    return full == null && starts.full() ? starts.limit : full;
  }

  /** The limit on those that work which leaves no room for a task; null if there is room. */
  @Nullable Limit full(LiveTask live) {
    Gate closed = all.full() ? all : laneOf(live).closed();
    return closed == null ? null : closed.limit;
  }

  /** The place of a task in its parent's queue, 1 for the next; 0 if it is not in it. */
  int position(LiveTask live) {
    if (live.queuedAs == 0) {
      return 0;
    }
    ParentSession parent = live.parent;
    if (parent.lanes.size() == 1 && laneOf(live).queue.last() == live) {
      return parent.queued;
    }
    if (parent.numberedAt != changes) {
      parent.numberedAt = changes;
      List<LiveTask> queued = new ArrayList<>(parent.queued);
      parent.lanes.values().forEach(lane -> queued.addAll(lane.queue));
      queued.sort(IN_LANE);
      for (int i = 0; i < queued.size(); i++) {
        queued.get(i).position = i + 1;
      }
    }
    return live.position;
  }

  /** How many slots are taken. */
  int working() {
    return all.used;
  }

  private static Lane laneOf(LiveTask live) {
    Lane lane = live.lane;
    if (lane == null) {
      throw new IllegalStateException(live.task.id() + " has no lane");
    }
    return lane;
  }

  /** Makes the map of a parent's lanes. */
  static Map<Object, Lane> noLanes() {
    return new LinkedHashMap<>(2);
  }
}
