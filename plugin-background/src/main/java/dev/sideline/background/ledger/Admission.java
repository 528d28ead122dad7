package dev.sideline.background.ledger;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots, and the queue for them.
 *
 * <p>A slot is taken when a task begins to start and given back in the very step in which it ends,
 * so a limit is never exceeded, not even by a burst. Parents take turns: one that has launched a
 * hundred tasks does not keep another's first one waiting.
 *
 * <p>A task that has nothing to do until tasks of its own have ended lends its slot to one of them
 * at a time. Without that, tasks that wait for theirs could hold all the slots that theirs wait
 * for. It takes the slot back before it is woken, when none of its own is live any more.
 */
final class Admission {

  private final Settings settings;

  /**
   * The right to run, of a task and of those above it that wait for it. At most one of its holders
   * is not waiting, and it is the lowest who lends it on: any other will be woken by what those
   * below it do, and must then find its slot unused.
   */
  static final class Slot {
    private int holders;
    private final List<Family> lentTo = new ArrayList<>(0);

    private boolean freeFor(Family family) {
      return holders == lentTo.size() && lentTo.get(lentTo.size() - 1) == family;
    }
  }

  /** Families with something in their queue that they may have running, next one first. */
  private final Set<Family> turns = new LinkedHashSet<>();

  /** Those of them that have been lent a slot which nobody uses just now. */
  private final Set<Family> borrowers = new LinkedHashSet<>();

  private int running;
  private int starting;

  Admission(Settings settings) {
    this.settings = settings;
  }

  /** Lets a pending task wait for its slot. */
  void enqueue(Entry entry) {
    entry.family.queue.addLast(entry);
    review(entry.family);
  }

  /** Takes a pending task out of the queue. */
  void dequeue(Entry entry) {
    entry.family.queue.remove(entry);
    review(entry.family);
  }

  /** The next task that may start, with its slot taken; null if none may. */
  @Nullable Entry next() {
    if (starting >= settings.slots().maxStarting()) {
      return null;
    }
    Entry entry;
    if (!borrowers.isEmpty()) {
      entry = first(borrowers);
      entry.slot = entry.family.lent;
    } else if (running < settings.slots().maxRunning() && !turns.isEmpty()) {
      entry = first(turns);
      running++;
      entry.slot = new Slot();
    } else {
      return null;
    }
    starting++;
    entry.family.slots++;
    Slot slot = Objects.requireNonNull(entry.slot);
    slot.holders++;
    slot.lentTo.forEach(this::review);
    review(entry.family);
    return entry;
  }

  private Entry first(Set<Family> families) {
    Family family = families.iterator().next();
    // Its next turn comes after those of the others.
    turns.remove(family);
    return family.queue.removeFirst();
  }

  /** A task waits for its own tasks and has nothing to do before they have ended. */
  void lend(Entry lender, Family own) {
    Slot slot = lender.slot;
    if (slot != null && own.lent == null) {
      own.lent = slot;
      slot.lentTo.add(own);
      slot.lentTo.sort(Comparator.comparingInt(family -> family.lineage.size()));
      slot.lentTo.forEach(this::review);
    }
  }

  /** What was lent to the tasks of a family is wanted back; whoever uses it goes on. */
  void reclaim(Family own) {
    Slot slot = own.lent;
    if (slot != null) {
      own.lent = null;
      slot.lentTo.remove(own);
      slot.lentTo.forEach(this::review);
      review(own);
    }
  }

  /** A task has left {@link TaskStatus#STARTING}. */
  void hasStarted() {
    starting--;
  }

  /** A task that held a slot has ended. */
  void release(Entry entry) {
    Slot slot = Objects.requireNonNull(entry.slot);
    entry.slot = null;
    slot.holders--;
    if (slot.holders == 0) {
      running--;
    }
    entry.family.slots--;
    slot.lentTo.forEach(this::review);
    review(entry.family);
  }

  /** The place of a pending task in its family's queue: 1 for the next. */
  int position(Entry entry) {
    int position = 1;
    for (Entry queued : entry.family.queue) {
      if (queued == entry) {
        return position;
      }
      position++;
    }
    return 0;
  }

  /** How many slots are taken. */
  int running() {
    return running;
  }

  private void review(Family family) {
    boolean mayStart =
        !family.queue.isEmpty() && family.slots < settings.slots().maxRunningPerParent();
    list(turns, family, mayStart);
    list(borrowers, family, mayStart && family.lent != null && family.lent.freeFor(family));
  }

  private static void list(Set<Family> families, Family family, boolean listed) {
    if (listed) {
      families.add(family);
    } else {
      families.remove(family);
    }
  }
}
