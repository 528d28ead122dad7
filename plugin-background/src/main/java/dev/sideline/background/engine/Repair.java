package dev.sideline.background.engine;

import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;

/**
 * Brings the books in order after a unit of work that broke off: what it had begun is finished or
 * taken back, and what is counted is counted anew.
 */
final class Repair {

  private static final String DEFECT = "Sideline ran into an error of its own when it was to start";

  private final Barrier barrier;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;

  Repair(Barrier barrier, TaskRegistry registry, Slots slots, Lifecycle lifecycle) {
    this.barrier = barrier;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
  }

  void run() {
    registry.parents().forEach(ParentSession::countLive);
    barrier.run(registry::recount);
    barrier.run(() -> slots.recount(registry.entries()));
    barrier.each(registry.entries(), this::resume);
    barrier.each(registry.parents(), lifecycle.notifications()::resumeAfterDefect);
  }

  private void resume(LiveTask live) {
    TaskStatus status = live.task.status();
    if (status.terminal()) {
      lifecycle.wrapUp(live);
    } else if (status == TaskStatus.CANCELLING) {
      lifecycle.keepGrace(live);
    } else if (isLeftAtItsStart(live)) {
      lifecycle.deleteUnused(live);
      lifecycle.end(live, Reason.LAUNCH_FAILED, DEFECT);
    }
  }

  /** Whether nothing is under way that would have a task start; the rest, a guard finds. */
  private static boolean isLeftAtItsStart(LiveTask live) {
    return switch (live.task.status()) {
      case PENDING -> live.awaited == 0 && live.queuedAs == 0;
      // What it was sent meanwhile waits for its prompt, and sets nothing going.
      case STARTING -> live.task.session() != null && !live.queue().sending && live.nextTry == null;
      default -> false;
    };
  }
}
