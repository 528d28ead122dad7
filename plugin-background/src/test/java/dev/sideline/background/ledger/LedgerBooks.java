package dev.sideline.background.ledger;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Audits what a ledger counts and lists against what its tasks say: slots, queues, gates, families.
 * Reads fields that nothing else needs to, so that the ledger need not show them.
 */
@SuppressWarnings("unchecked") // As the fields are declared.
public final class LedgerBooks {

  private final Ledger ledger;
  private final Roster roster;
  private final Collection<Entry> entries;
  private final Map<String, Family> families;
  private final Admission admission;
  private final Map<String, Admission.Gate> gates;

  /** Of a ledger that is just being used on this thread. */
  public LedgerBooks(Ledger ledger) {
    this.ledger = ledger;
    this.roster = (Roster) read(ledger, "roster");
    this.entries = ((Map<?, Entry>) read(roster, "byId")).values();
    this.families = (Map<String, Family>) read(roster, "families");
    this.admission = (Admission) read(read(ledger, "slots"), "admission");
    this.gates = (Map<String, Admission.Gate>) read(admission, "byName");
  }

  /**
   * Audits them.
   *
   * @throws IllegalStateException if they do not balance
   */
  public void audit() {
    Map<Admission.Gate, Integer> used = new HashMap<>();
    int working = 0;
    int starting = 0;
    for (Entry entry : entries) {
      audit(entry);
      starting += entry.task.status() == TaskStatus.STARTING ? 1 : 0;
      if (entry.working && entry.lane != null) {
        working++;
        for (Admission.Gate gate : (Collection<Admission.Gate>) read(entry.lane, "gates")) {
          used.merge(gate, 1, Integer::sum);
        }
      }
    }
    check(working, taken("all"), "slots are taken");
    check(starting, taken("starts"), "start");
    for (Admission.Gate gate : gates.values()) {
      check(used.getOrDefault(gate, 0), (int) read(gate, "used"), "are counted at a gate");
    }
    families.values().forEach(LedgerBooks::audit);
    auditBytes();
  }

  private void auditBytes() {
    long bytes = 0;
    for (Entry entry : entries) {
      check(entry.weigh() == 0, "takes more, or less, than it was found to", entry.task);
      bytes += entry.weight();
    }
    check(bytes == roster.bytes(), "bytes are not what all take", roster.bytes());
  }

  private void audit(Entry entry) {
    Task task = entry.task;
    boolean queued =
        entry.lane != null && ((Collection<Entry>) read(entry.lane, "queue")).contains(entry);
    check((entry.queuedAs != 0) == queued, "queued, or not", task);
    check(!queued || task.status() != TaskStatus.CANCELLING, "stops, and waits for a slot", task);
    check(
        !entry.working || (!task.status().terminal() && task.status() != TaskStatus.PENDING),
        "has a slot and needs none",
        task);
    check(
        entry.granted == null || queued || entry.awaited > 0,
        "waits for a slot and is in no queue",
        task);
    check(
        !entry.working || entry.blockedCalls == 0 || !task.status().active(),
        "has a slot and only waits",
        task);
    check(entry.blockedCalls >= 0, "fewer calls than none wait", task);
  }

  private static void audit(Family family) {
    long live = family.members.stream().filter(entry -> !entry.task.status().terminal()).count();
    check(live, family.live, "tasks of a family are live");
    check(family.answersUnderWay >= 0, "fewer answers than none are under way", family.parent);
    check(!family.members.isEmpty() || family.delivery != null, "is kept empty", family.parent);
  }

  /**
   * Audits them when nothing is live or owed any more.
   *
   * @throws IllegalStateException if anything is left
   */
  public void auditEnd() {
    check(entries.isEmpty() && families.isEmpty(), "left over", families.keySet());
    check(gates.isEmpty(), "left over", gates.keySet());
    check(0, taken("all"), "slots are taken in the end");
    check(0, taken("starts"), "start in the end");
    check(0, ((Waits) read(ledger, "waits")).size(), "calls wait in the end");
  }

  private int taken(String gate) {
    return (int) read(read(admission, gate), "used");
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

  private static Object read(Object of, String name) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " of " + of.getClass(), e);
    }
  }
}
