package dev.sideline.background.engine;

import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.TaskStatus;

/**
 * Brings the books in order after a unit of work that broke off: what it had begun is finished or
 * taken back, and what is counted is counted anew.
 */
final class Repair {

  private static final String DEFECT = "Sideline ran into an error of its own when it was to start";

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final NotificationPolicy notifications;

  Repair(
      UnitOfWork unit,
      TaskRegistry registry,
      Slots slots,
      Lifecycle lifecycle,
      NotificationPolicy notifications) {
    this.unit = unit;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.notifications = notifications;
  }

  void run() {
    registry.parents().forEach(ParentSession::countLive);
    unit.run(registry::recount);
    unit.run(() -> slots.recount(registry.entries()));
    unit.each(registry.entries(), this::resume);
  }

  /** Sees to it that parents are told whose telling has broken off, by the repair itself too. */
  void resumeNotifications() {
    unit.each(registry.parents(), notifications::resumeAfterDefect);
  }

  private void resume(LiveTask live) {
    TaskStatus status = live.status();
    if (status.terminal()) {
      lifecycle.wrapUp(live);
    } else if (status == TaskStatus.CANCELLING) {
      lifecycle.keepGrace(live);
    } else if (isLeftAtItsStart(live)) {
      lifecycle.startFailed(live, DEFECT);
    }
  }

  /** Whether nothing is under way that would have a task start; the rest, the watchdog finds. */
  private static boolean isLeftAtItsStart(LiveTask live) {
    return switch (live.status()) {
      case PENDING -> live.awaited() == 0 && live.slot().queuedAs() == 0;
      // What it was sent meanwhile waits for its prompt, and sets nothing going.
      case STARTING ->
          live.record().session() != null && !live.queue().sending() && !live.isRetried();
      default -> false;
    };
  }
}
