package dev.sideline.background.ledger;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who works, and who waits to. What a task does with its slot is given along, and done as soon as
 * it has it.
 */
final class Slots {

  private final Barrier barrier;
  private final Admission admission;

  /** Tasks that have got a slot, and could not do what they wanted it for. */
  private final Deque<Entry> brokenOff = new ArrayDeque<>(0);

  Slots(Barrier barrier, Admission admission) {
    this.barrier = barrier;
    this.admission = admission;
  }

  /** A new task, which will ask for a slot. */
  void join(Entry entry) {
    admission.assign(entry);
  }

  /** Asks for a slot to start with. */
  void ask(Entry entry, Runnable whenGranted) {
    entry.granted = whenGranted;
    admission.enqueue(entry);
  }

  /**
   * Asks for a slot to go on with.
   *
   * @return whether the task had one, so that this was done at once
   */
  boolean askAgain(Entry entry, Runnable whenGranted) {
    if (entry.working) {
      whenGranted.run();
      return true;
    }
    Runnable before = entry.granted;
    if (before == null) {
      entry.granted = whenGranted;
      admission.enqueueAgain(entry);
    } else {
      entry.granted = both(before, whenGranted);
    }
    return false;
  }

  /**
   * One breaking off must not have the other forgotten, which nobody would ask a slot for again.
   */
  private Runnable both(Runnable first, Runnable second) {
    return () -> {
      try {
        first.run();
      } finally {
        barrier.run(second);
      }
    };
  }

  /** A task has nothing to do but wait for somebody else. */
  void giveBack(Entry entry) {
    if (entry.working) {
      admission.release(entry);
    }
  }

  /** A task works, and nobody has asked. What it was waiting to do, it may do. */
  void takeAnyway(Entry entry) {
    if (!entry.working) {
      Runnable granted = entry.granted;
      entry.granted = null;
      admission.dequeue(entry);
      admission.take(entry);
      if (granted != null) {
        granted.run();
      }
    }
  }

  /** A task has got another model, and counts under that from now on. */
  void reassign(Entry entry) {
    boolean queued = entry.queuedAs != 0;
    if (queued) {
      admission.dequeue(entry);
    }
    giveBack(entry);
    admission.assign(entry);
    if (queued) {
      admission.enqueueAgain(entry);
    }
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  void hasStarted() {
    admission.hasStarted();
  }

  /** A task does not want the slot any more that it waits for, if it does; it keeps one it has. */
  void withdraw(Entry entry) {
    entry.granted = null;
    if (entry.queuedAs != 0) {
      admission.dequeue(entry);
    }
  }

  /** A task has ended or was taken back, and will not work any more. */
  void leave(Entry entry) {
    withdraw(entry);
    brokenOff.remove(entry);
    giveBack(entry);
    admission.leave(entry);
  }

  /** Lets those work that may. */
  void grant() {
    for (Entry entry = admission.next(); entry != null; entry = admission.next()) {
      Runnable granted = entry.granted;
      entry.granted = null;
      if (granted != null && !barrier.run(granted)) {
        brokenOff.add(entry);
      }
      if (entry.blockedCalls > 0 && entry.task.status().active()) {
        // It has begun to wait for its own tasks meanwhile.
        giveBack(entry);
      }
    }
  }

  /** A task that has got a slot and broke off what it did with it; null if there is none left. */
  @Nullable Entry nextBrokenOff() {
    return brokenOff.poll();
  }

  /** Counts anew what is used. */
  void recount(List<Entry> entries) {
    admission.recount(entries);
  }

  /** The limit that a task which has no slot waits for; null if it only waits for its turn. */
  @Nullable Limit obstacle(Entry entry) {
    return admission.obstacle(entry);
  }

  /** The limit that leaves no room for a task which is not here yet; null if there is room. */
  @Nullable Limit fullFor(Entry entry) {
    admission.assign(entry);
    Limit full = admission.full(entry);
    admission.leave(entry);
    return full;
  }

  int position(Entry entry) {
    return admission.position(entry);
  }

  /** How many slots are taken. */
  int working() {
    return admission.working();
  }
}
