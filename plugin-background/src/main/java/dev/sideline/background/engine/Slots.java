package dev.sideline.background.engine;

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
  private final AdmissionQueue admissionQueue;

  /** Tasks that have got a slot, and could not do what they wanted it for. */
  private final Deque<LiveTask> brokenOff = new ArrayDeque<>(0);

  Slots(Barrier barrier, AdmissionQueue admissionQueue) {
    this.barrier = barrier;
    this.admissionQueue = admissionQueue;
  }

  /** A new task, which will ask for a slot. */
  void join(LiveTask live) {
    admissionQueue.assign(live);
  }

  /** Asks for a slot to start with. */
  void acquire(LiveTask live, Runnable whenGranted) {
    live.onAcquired = whenGranted;
    admissionQueue.enqueue(live);
  }

  /**
   * Asks for a slot to go on with.
   *
   * @return whether the task had one, so that this was done at once
   */
  boolean reacquire(LiveTask live, Runnable whenGranted) {
    if (live.working) {
      whenGranted.run();
      return true;
    }
    Runnable before = live.onAcquired;
    if (before == null) {
      live.onAcquired = whenGranted;
      admissionQueue.enqueueAgain(live);
    } else {
      live.onAcquired = both(before, whenGranted);
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
  void release(LiveTask live) {
    if (live.working) {
      admissionQueue.release(live);
    }
  }

  /** A task works, and nobody has asked. What it was waiting to do, it may do. */
  void acquireForced(LiveTask live) {
    if (!live.working) {
      Runnable onAcquired = live.onAcquired;
      live.onAcquired = null;
      admissionQueue.dequeue(live);
      admissionQueue.take(live);
      if (onAcquired != null) {
        onAcquired.run();
      }
    }
  }

  /** A task has got another model, and counts under that from now on. */
  void reassign(LiveTask live) {
    boolean queued = live.queuedAs != 0;
    if (queued) {
      admissionQueue.dequeue(live);
    }
    release(live);
    admissionQueue.assign(live);
    if (queued) {
      admissionQueue.enqueueAgain(live);
    }
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  void onLeftStarting() {
    admissionQueue.onLeftStarting();
  }

  /** A task does not want the slot any more that it waits for, if it does; it keeps one it has. */
  void withdraw(LiveTask live) {
    live.onAcquired = null;
    if (live.queuedAs != 0) {
      admissionQueue.dequeue(live);
    }
  }

  /** A task has ended or was taken back, and will not work any more. */
  void leave(LiveTask live) {
    withdraw(live);
    brokenOff.remove(live);
    release(live);
    admissionQueue.leave(live);
  }

  /** Lets those work that may. */
  void grant() {
    for (LiveTask live = admissionQueue.next(); live != null; live = admissionQueue.next()) {
      Runnable onAcquired = live.onAcquired;
      live.onAcquired = null;
      if (onAcquired != null && !barrier.run(onAcquired)) {
        brokenOff.add(live);
      }
      if (live.blockedCalls > 0 && live.task.status().active()) {
        // It has begun to wait for its own tasks meanwhile.
        release(live);
      }
    }
  }

  /** A task that has got a slot and broke off what it did with it; null if there is none left. */
  @Nullable LiveTask nextBrokenOff() {
    return brokenOff.poll();
  }

  /** Counts anew what is used. */
  void recount(List<LiveTask> entries) {
    admissionQueue.recount(entries);
  }

  /** The limit that a task which has no slot waits for; null if it only waits for its turn. */
  @Nullable Limit obstacle(LiveTask live) {
    return admissionQueue.obstacle(live);
  }

  /** The limit that leaves no room for a task which is not here yet; null if there is room. */
  @Nullable Limit fullFor(LiveTask live) {
    admissionQueue.assign(live);
    Limit full = admissionQueue.full(live);
    admissionQueue.leave(live);
    return full;
  }

  int position(LiveTask live) {
    return admissionQueue.position(live);
  }

  /** How many slots are taken. */
  int working() {
    return admissionQueue.working();
  }
}
