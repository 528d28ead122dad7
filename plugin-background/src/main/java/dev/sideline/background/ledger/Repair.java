package dev.sideline.background.ledger;

import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;

/**
 * Brings the books in order after a unit of work that broke off: what it had begun is finished or
 * taken back, and what is counted is counted anew.
 */
final class Repair {

  private static final String DEFECT = "Sideline ran into an error of its own when it was to start";

  private final Barrier barrier;
  private final Roster roster;
  private final Slots slots;
  private final Lifecycle lifecycle;

  Repair(Barrier barrier, Roster roster, Slots slots, Lifecycle lifecycle) {
    this.barrier = barrier;
    this.roster = roster;
    this.slots = slots;
    this.lifecycle = lifecycle;
  }

  void run() {
    roster.families().forEach(Family::countLive);
    barrier.run(roster::recount);
    barrier.run(() -> slots.recount(roster.entries()));
    barrier.each(roster.entries(), this::goOn);
    barrier.each(roster.families(), lifecycle.announcements()::goOnAfterDefect);
  }

  private void goOn(Entry entry) {
    TaskStatus status = entry.task.status();
    if (status.terminal()) {
      lifecycle.wrapUp(entry);
    } else if (status == TaskStatus.CANCELLING) {
      lifecycle.keepGrace(entry);
    } else if (isLeftAtItsStart(entry)) {
      lifecycle.deleteUnused(entry);
      lifecycle.end(entry, Reason.LAUNCH_FAILED, DEFECT);
    }
  }

  /** Whether nothing is under way that would have a task start; the rest, a guard finds. */
  private static boolean isLeftAtItsStart(Entry entry) {
    return switch (entry.task.status()) {
      case PENDING -> entry.awaited == 0 && entry.queuedAs == 0;
      // What it was sent meanwhile waits for its prompt, and sets nothing going.
      case STARTING ->
          entry.task.session() != null && !entry.outbox().sending && entry.nextTry == null;
      default -> false;
    };
  }
}
