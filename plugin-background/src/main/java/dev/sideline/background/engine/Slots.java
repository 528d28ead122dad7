package dev.sideline.background.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who works, and who waits to. What a task wants its slot for is kept with it, and given out when
 * it has it.
 */
final class Slots {

  /**
   * A task that has a slot, and what it wanted it for.
   *
   * @param forced whether it works without having been asked to wait
   */
  record Grant(LiveTask live, List<SlotUse> uses, boolean forced) {}

  private final AdmissionQueue admissionQueue;

  /** What tasks may do that have taken a slot without asking. */
  private final Deque<Grant> forced = new ArrayDeque<>(0);

  /** Tasks that have begun to wait for a slot to go on with, and may not have to. */
  private final List<LiveTask> newlyWaiting = new ArrayList<>(0);

  Slots(AdmissionQueue admissionQueue) {
    this.admissionQueue = admissionQueue;
  }

  /** A new task, which will ask for a slot. */
  void join(LiveTask live) {
    admissionQueue.assign(live);
  }

  /** Asks for a slot to start with. */
  void acquire(LiveTask live) {
    live.wanted = List.of(SlotUse.START);
    admissionQueue.enqueue(live);
  }

  /** Asks for a slot to go on with, which the task has not. */
  void reacquire(LiveTask live, SlotUse use) {
    if (live.wanted.isEmpty()) {
      live.wanted = List.of(use);
      admissionQueue.enqueueAgain(live);
    } else {
      List<SlotUse> wanted = new ArrayList<>(live.wanted);
      wanted.add(use);
      live.wanted = List.copyOf(wanted);
    }
    newlyWaiting.add(live);
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
      List<SlotUse> wanted = live.wanted;
      live.wanted = List.of();
      admissionQueue.dequeue(live);
      admissionQueue.take(live);
      if (!wanted.isEmpty()) {
        forced.add(new Grant(live, wanted, true));
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
    live.wanted = List.of();
    forced.removeIf(grant -> grant.live() == live);
    if (live.queuedAs != 0) {
      admissionQueue.dequeue(live);
    }
  }

  /** A task has ended or was taken back, and will not work any more. */
  void leave(LiveTask live) {
    withdraw(live);
    release(live);
    admissionQueue.leave(live);
  }

  /** The next task that may do what it wanted a slot for, with that taken; null if none may. */
  @Nullable Grant nextGrant() {
    if (!forced.isEmpty()) {
      return forced.poll();
    }
    LiveTask live = admissionQueue.next();
    if (live == null) {
      return null;
    }
    List<SlotUse> wanted = live.wanted;
    live.wanted = List.of();
    return new Grant(live, wanted, false);
  }

  /** Those that have asked for a slot since the last time, and still wait for it. */
  List<LiveTask> drainNewlyWaiting() {
    if (newlyWaiting.isEmpty()) {
      return List.of();
    }
    List<LiveTask> waiting =
        newlyWaiting.stream().filter(live -> !live.wanted.isEmpty()).distinct().toList();
    newlyWaiting.clear();
    return waiting;
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
