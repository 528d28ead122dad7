package dev.sideline.background.engine;

import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.scheduling.AdmissionQueue;
import dev.sideline.background.engine.scheduling.Gate;
import dev.sideline.background.engine.scheduling.Lane;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Audits what an engine counts and lists against what its tasks say: slots, queues, gates, parents.
 * Reads fields that nothing else needs to, so that the engine need not show them.
 */
@SuppressWarnings("unchecked") // As the fields are declared.
public final class EngineAudit {

  private final TaskEngine engine;
  private final TaskRegistry registry;
  private final Collection<LiveTask> entries;
  private final Map<String, ParentSession> parents;
  private final Object slots;
  private final AdmissionQueue admissionQueue;
  private final Map<String, Gate> gates;
  private final WaitAudit waits;

  /** Of an engine that is just being used on this thread. */
  public EngineAudit(TaskEngine engine) {
    this.engine = engine;
    this.registry = (TaskRegistry) read(engine, "registry");
    this.entries = ((Map<?, LiveTask>) read(registry, "byId")).values();
    this.parents = (Map<String, ParentSession>) read(registry, "parents");
    this.slots = read(engine, "slots");
    this.admissionQueue = (AdmissionQueue) read(slots, "admissionQueue");
    this.gates = (Map<String, Gate>) read(read(admissionQueue, "lanes"), "gates");
    this.waits = new WaitAudit(engine);
  }

  /**
   * Audits them.
   *
   * @throws IllegalStateException if they do not balance
   */
  public void audit() {
    Map<Gate, Integer> used = new HashMap<>();
    int working = 0;
    int starting = 0;
    for (LiveTask live : entries) {
      audit(live);
      starting += live.status() == TaskStatus.STARTING ? 1 : 0;
      if (live.slot().held() && live.slot().queue() != null) {
        working++;
        for (Gate gate : (Collection<Gate>) read(live.slot().queue(), "gates")) {
          used.merge(gate, 1, Integer::sum);
        }
      }
    }
    check(working, taken("all"), "slots are taken");
    check(starting, taken("starts"), "start");
    for (Gate gate : gates.values()) {
      check(used.getOrDefault(gate, 0), (int) read(gate, "used"), "are counted at a gate");
    }
    parents.values().forEach(EngineAudit::audit);
    auditBytes();
    waits.audit(entries);
    for (String left : List.of("forced", "newlyWaiting")) {
      check(((Collection<?>) read(slots, left)).isEmpty(), "left over of a step", left);
    }
  }

  private void auditBytes() {
    long bytes = 0;
    for (LiveTask live : entries) {
      check(live.weigh() == 0, "takes more, or less, than it was found to", live.record());
      bytes += live.recordState().weight();
    }
    check(bytes == registry.bytes(), "bytes are not what all take", registry.bytes());
  }

  private void audit(LiveTask live) {
    Task task = live.record();
    boolean queued = live.slot().queue() != null && Lane.of(live).queued().contains(live);
    check((live.slot().queuedAs() != 0) == queued, "queued, or not", task);
    check(!queued || task.status() != TaskStatus.CANCELLING, "stops, and waits for a slot", task);
    check(
        !live.slot().held() || (!task.status().terminal() && task.status() != TaskStatus.PENDING),
        "has a slot and needs none",
        task);
    boolean waits = queued || live.slot().presumed();
    check(live.slot().wanted().isEmpty() || waits, "waits for a slot and is in no queue", task);
    check(
        !live.slot().held() || live.blockedCalls() == 0 || !task.status().active(),
        "has a slot and only waits",
        task);
    check(live.blockedCalls() >= 0, "fewer calls than none wait", task);
  }

  private static void audit(ParentSession parent) {
    long running = parent.members().stream().filter(live -> !live.status().terminal()).count();
    check(running, parent.liveTasks(), "tasks of a parent are live");
    check(parent.answersInFlight() >= 0, "fewer answers than none are under way", parent.session());
    check(
        !parent.members().isEmpty() || parent.inFlight() != null,
        "is kept empty",
        parent.session());
  }

  /**
   * Audits them when nothing is live or owed any more.
   *
   * @throws IllegalStateException if anything is left
   */
  public void auditEnd() {
    check(entries.isEmpty() && parents.isEmpty(), "left over", parents.keySet());
    check(gates.isEmpty(), "left over", gates.keySet());
    check(0, taken("all"), "slots are taken in the end");
    check(0, taken("starts"), "start in the end");
    check(0, ((WaitingCalls) read(engine, "waitingCalls")).size(), "calls wait in the end");
  }

  private int taken(String gate) {
    return (int) read(read(admissionQueue, gate), "used");
  }

  // Words are made of what is wrong alone: of all else, that takes longer than all the rest.

  private static void check(long right, long counted, String what) {
    if (right != counted) {
      throw new IllegalStateException(
          "the books do not balance: " + counted + " " + what + ", not " + right);
    }
  }

  private static void check(boolean balances, String what, Object where) {
    if (!balances) {
      throw new IllegalStateException("the books do not balance: " + what + ": " + where);
    }
  }

  static Object ask(Object of, String name) {
    try {
      Method method = of.getClass().getDeclaredMethod(name);
      method.setAccessible(true);
      return method.invoke(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " of " + of.getClass(), e);
    }
  }

  static Object read(Object of, String name) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " of " + of.getClass(), e);
    }
  }
}
