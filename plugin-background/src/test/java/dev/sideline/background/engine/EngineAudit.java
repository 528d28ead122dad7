package dev.sideline.background.engine;

import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Audits what an engine counts and lists against what its tasks say: slots, queues, gates, parents.
 * Reads fields that nothing else needs to, so that the engine need not show them.
 */
@SuppressWarnings("unchecked") // As the fields are declared.
public final class EngineAudit {

  /** Those that were read, by class and name: finding them takes longer than all the rest. */
  private static final Map<Class<?>, Map<String, Field>> FIELDS = new ConcurrentHashMap<>();

  private final TaskEngine engine;
  private final TaskRegistry registry;
  private final Collection<LiveTask> entries;
  private final Map<String, ParentSession> parents;
  private final SlotAudit slots;
  private final WaitAudit waits;

  /** Of an engine that is just being used on this thread. */
  public EngineAudit(TaskEngine engine) {
    this.engine = engine;
    this.registry = (TaskRegistry) read(engine, "registry");
    this.entries = ((Map<?, LiveTask>) read(registry, "byId")).values();
    this.parents = (Map<String, ParentSession>) read(registry, "parents");
    this.slots = new SlotAudit(engine);
    this.waits = new WaitAudit(engine);
  }

  /**
   * Audits them.
   *
   * @throws IllegalStateException if they do not balance
   */
  public void audit() {
    for (LiveTask live : entries) {
      check(live.blockedCalls() >= 0, "fewer calls than none wait", live.record());
    }
    parents.values().forEach(EngineAudit::audit);
    auditBytes();
    slots.audit(entries, parents.values());
    waits.audit(entries);
  }

  private void auditBytes() {
    long bytes = 0;
    for (LiveTask live : entries) {
      check(live.weigh() == 0, "takes more, or less, than it was found to", live.record());
      bytes += live.recordState().weight();
    }
    check(bytes == registry.bytes(), "bytes are not what all take", registry.bytes());
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
    slots.auditEnd();
    check(0, ((WaitingCalls) read(engine, "waitingCalls")).size(), "calls wait in the end");
  }

  // Words are made of what is wrong alone.

  static void check(long right, long counted, String what) {
    if (right != counted) {
      throw new IllegalStateException(
          "the books do not balance: " + counted + " " + what + ", not " + right);
    }
  }

  static void check(boolean balances, String what, Object where) {
    if (!balances) {
      throw new IllegalStateException("the books do not balance: " + what + ": " + where);
    }
  }

  static Object read(Object of, String name) {
    try {
      return FIELDS
          .computeIfAbsent(of.getClass(), read -> new ConcurrentHashMap<>())
          .computeIfAbsent(name, field -> field(of.getClass(), field))
          .get(of);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(name + " of " + of.getClass(), e);
    }
  }

  /** Of a class, or one above it. */
  private static Field field(Class<?> of, String name) {
    for (Class<?> declaring = of; declaring != null; declaring = declaring.getSuperclass()) {
      for (Field field : declaring.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new IllegalStateException(name + " of " + of);
  }
}
