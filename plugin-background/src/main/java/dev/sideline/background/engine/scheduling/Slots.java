package dev.sideline.background.engine.scheduling;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.SlotUse;
import dev.sideline.background.engine.protocol.Limit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who works, and who waits to. What a task wants its slot for is kept with it, and given out when
 * it has it.
 */
public final class Slots {

  /**
   * A task that has a slot, and what it wanted it for.
   *
   * @param forced whether it works without having been asked to wait
   */
  public record Grant(LiveTask live, List<SlotUse> uses, boolean forced) {}

  private static final List<SlotUse> TO_START = List.of(SlotUse.START);

  private final AdmissionQueue admissionQueue;

  /** What tasks may do that have taken a slot without asking. */
  private final Deque<Grant> forced = new ArrayDeque<>(0);

  /** Tasks that have begun to wait for a slot to go on with, and may not have to. */
  private final List<LiveTask> newlyWaiting = new ArrayList<>(0);

  public Slots(AdmissionQueue admissionQueue) {
    this.admissionQueue = admissionQueue;
  }

  /** A new task, which will ask for a slot. */
  public void join(LiveTask live) {
    admissionQueue.assign(live);
  }

  /** Whether a task has a slot to go on with, and not only because it may be at work. */
  public boolean has(LiveTask live) {
    return live.slot().held() && !live.slot().presumed();
  }

  /** Asks for a slot to start with. */
  public void acquire(LiveTask live) {
    live.slot().want(TO_START);
    admissionQueue.enqueue(live);
  }

  /** Asks for a slot to go on with, which the task has not. */
  public void reacquire(LiveTask live, SlotUse use) {
    if (live.slot().wanted().isEmpty()) {
      live.slot().want(List.of(use));
      if (!live.slot().presumed()) {
        admissionQueue.enqueueAgain(live);
      }
    } else {
      List<SlotUse> wanted = new ArrayList<>(live.slot().wanted());
      wanted.add(use);
      live.slot().want(List.copyOf(wanted));
    }
    newlyWaiting.add(live);
  }

  /** A task has nothing to do but wait for somebody else. */
  public void release(LiveTask live) {
    if (live.slot().held()) {
      boolean waits = wantsPresumed(live);
      admissionQueue.release(live);
      if (waits) {
        admissionQueue.enqueueAgain(live);
      }
    }
  }

  /** A task is not at work: a slot that it has because it might be is not its own. */
  public void atRest(LiveTask live) {
    if (live.slot().presumed()) {
      release(live);
    }
  }

  /** Whether a task may be at work, and waits until that is known to go on with something. */
  private static boolean wantsPresumed(LiveTask live) {
    return live.slot().presumed() && !live.slot().wanted().isEmpty();
  }

  /** A task works, whether or not anybody has asked. What it was waiting to do, it may do. */
  public void acquireForced(LiveTask live) {
    if (live.slot().held() && !live.slot().presumed()) {
      return;
    }
    List<SlotUse> wanted = live.slot().wanted();
    live.slot().want(List.of());
    if (live.slot().presumed()) {
      live.slot().confirm();
    } else {
      admissionQueue.dequeue(live);
      admissionQueue.take(live);
    }
    if (!wanted.isEmpty()) {
      forced.add(new Grant(live, wanted, true));
    }
  }

  /** A task has got another model, and counts under that from now on. */
  public void reassign(LiveTask live) {
    boolean queued = live.slot().queuedAs() != 0;
    boolean waits = queued || wantsPresumed(live);
    if (queued) {
      admissionQueue.dequeue(live);
    }
    if (live.slot().held()) {
      admissionQueue.release(live);
    }
    admissionQueue.assign(live);
    if (waits) {
      admissionQueue.enqueueAgain(live);
    }
  }

  /** A task has left {@link dev.sideline.background.task.TaskStatus#STARTING}. */
  public void onLeftStarting() {
    admissionQueue.onLeftStarting();
  }

  /** A task does not want the slot any more that it waits for, if it does; it keeps one it has. */
  public void withdraw(LiveTask live) {
    live.slot().want(List.of());
    forced.removeIf(grant -> grant.live() == live);
    if (live.slot().queuedAs() != 0) {
      admissionQueue.dequeue(live);
    }
  }

  /** A task has ended or was taken back, and will not work any more. */
  public void leave(LiveTask live) {
    withdraw(live);
    release(live);
    admissionQueue.leave(live);
  }

  /** The next task that may do what it wanted a slot for, with that taken; null if none may. */
  public @Nullable Grant nextGrant() {
    if (!forced.isEmpty()) {
      return forced.poll();
    }
    LiveTask live = admissionQueue.next();
    if (live == null) {
      return null;
    }
    List<SlotUse> wanted = live.slot().wanted();
    live.slot().want(List.of());
    return new Grant(live, wanted, false);
  }

  /** Those that have asked for a slot since the last time, and still wait for it. */
  public List<LiveTask> drainNewlyWaiting() {
    if (newlyWaiting.isEmpty()) {
      return List.of();
    }
    List<LiveTask> waiting =
        newlyWaiting.stream().filter(live -> !live.slot().wanted().isEmpty()).distinct().toList();
    newlyWaiting.clear();
    return waiting;
  }

  /** Counts anew what is used. */
  public void recount(List<LiveTask> entries) {
    admissionQueue.recount(entries);
  }

  /** The limit that a task which has no slot waits for; null if it only waits for its turn. */
  public @Nullable Limit obstacle(LiveTask live) {
    return admissionQueue.obstacle(live);
  }

  /** The limit that leaves no room for a task which is not here yet; null if there is room. */
  public @Nullable Limit fullFor(LiveTask live) {
    admissionQueue.assign(live);
    Limit full = admissionQueue.full(live);
    admissionQueue.leave(live);
    return full;
  }

  public int position(LiveTask live) {
    return admissionQueue.position(live);
  }

  /** How many slots are taken. */
  public int working() {
    return admissionQueue.working();
  }
}
