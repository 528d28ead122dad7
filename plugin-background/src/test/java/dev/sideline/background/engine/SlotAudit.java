package dev.sideline.background.engine;

import static dev.sideline.background.engine.EngineAudit.check;
import static dev.sideline.background.engine.EngineAudit.read;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.scheduling.Gate;
import dev.sideline.background.engine.scheduling.Lane;
import dev.sideline.background.engine.scheduling.LaneGroup;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Audits the slots of an engine, the queues for them, and what is kept of its limits. */
@SuppressWarnings("unchecked") // As the fields are declared.
final class SlotAudit {

  private final Object slots;
  private final Object admissionQueue;
  private final LaneGroup allLanes;
  private final Map<String, Gate> gates;

  /** The lanes that there should be, with their tasks. */
  private final Map<Lane, Integer> lanes = new HashMap<>();

  SlotAudit(TaskEngine engine) {
    this.slots = read(engine, "slots");
    this.admissionQueue = read(slots, "admissionQueue");
    Object all = read(admissionQueue, "lanes");
    this.allLanes = (LaneGroup) read(all, "all");
    this.gates = (Map<String, Gate>) read(all, "gates");
  }

  void audit(Collection<LiveTask> entries, Collection<ParentSession> parents) {
    Map<Gate, Integer> used = new HashMap<>();
    int working = 0;
    int starting = 0;
    lanes.clear();
    for (LiveTask live : entries) {
      Lane lane = Lane.of(live);
      audit(live, lane != null && lane.queued().contains(live));
      starting += live.status() == TaskStatus.STARTING ? 1 : 0;
      if (lane != null) {
        lanes.merge(lane, 1, Integer::sum);
      }
      if (lane != null && live.slot().held()) {
        working++;
        gatesOf(lane).forEach(gate -> used.merge(gate, 1, Integer::sum));
      }
    }
    check(working, taken("all"), "slots are taken");
    check(starting, taken("starts"), "start");
    for (Gate gate : gates.values()) {
      check(used.getOrDefault(gate, 0), (int) read(gate, "used"), "are counted at a gate");
    }
    parents.forEach(this::auditQueue);
    auditLanes();
    for (String left : List.of("forced", "newlyWaiting")) {
      check(((Collection<?>) read(slots, left)).isEmpty(), "left over of a step", left);
    }
  }

  private static void audit(LiveTask live, boolean queued) {
    Task task = live.record();
    boolean held = live.slot().held();
    check((live.slot().queuedAs() != 0) == queued, "queued, or not", task);
    check(!queued || task.status() != TaskStatus.CANCELLING, "stops, and waits for a slot", task);
    check(!queued || !held, "has a slot, and waits for one", task);
    check(
        !held || (!task.status().terminal() && task.status() != TaskStatus.PENDING),
        "has a slot and needs none",
        task);
    boolean waits = queued || live.slot().presumed();
    check(live.slot().wanted().isEmpty() || waits, "waits for a slot and is in no queue", task);
    check(
        !held || live.blockedCalls() == 0 || !task.status().active(),
        "has a slot and only waits",
        task);
  }

  private void auditQueue(ParentSession parent) {
    if (parent.slotQueue() != null) {
      long queued = parent.members().stream().filter(live -> live.slot().queuedAs() != 0).count();
      check(queued, (int) read(parent.slotQueue(), "size"), "wait in the queue of a parent");
      Map<?, Lane> kept = (Map<?, Lane>) read(parent.slotQueue(), "lanes");
      check(lanes.keySet().containsAll(kept.values()), "left over: a lane of", parent.session());
    }
  }

  private void auditLanes() {
    Map<Object, Integer> lanesOf = new HashMap<>();
    Map<Object, Integer> membersOf = new HashMap<>();
    for (Map.Entry<Lane, Integer> lane : lanes.entrySet()) {
      check(lane.getValue(), (int) read(lane.getKey(), "members"), "are counted in a lane");
      gatesOf(lane.getKey()).forEach(gate -> lanesOf.merge(gate, 1, Integer::sum));
      Object member = lane.getKey();
      boolean first = true;
      while (first && member != allLanes) {
        member = read(member, "above");
        // What has one already is counted above.
        first = membersOf.merge(member, 1, Integer::sum) == 1;
      }
    }
    check(lanesOf.keySet().equals(new HashSet<>(gates.values())), "gates, not", lanesOf.keySet());
    for (Gate gate : gates.values()) {
      check(lanesOf.get(gate), (int) read(gate, "lanes"), "lanes lead through a gate");
      for (Object behind : (Set<?>) read(gate, "behind")) {
        check(lanes.containsKey(behind) || membersOf.containsKey(behind), "gone", behind);
      }
    }
    auditGroup(allLanes, membersOf);
  }

  private static void auditGroup(Object group, Map<Object, Integer> membersOf) {
    check(membersOf.getOrDefault(group, 0), (int) read(group, "members"), "are counted in a group");
    for (Object below : ((Map<?, ?>) read(group, "groups")).values()) {
      auditGroup(below, membersOf);
    }
  }

  private static Collection<Gate> gatesOf(Lane lane) {
    return (Collection<Gate>) read(lane, "gates");
  }

  /** Audits them when nothing is live any more. */
  void auditEnd() {
    check(gates.isEmpty(), "left over", gates.keySet());
    check(0, taken("all"), "slots are taken in the end");
    check(0, taken("starts"), "start in the end");
  }

  private int taken(String gate) {
    return (int) read(read(admissionQueue, gate), "used");
  }
}
