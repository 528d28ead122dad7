package dev.sideline.background.ledger;

import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.function.Supplier;

/**
 * Counts as tasks the sessions that a host itself has created under one that has tasks: they are
 * listed, they hold slots, and they can be cancelled. Their parent is not told of them, for the
 * host tells it.
 */
final class Adoption {

  private static final String UNKNOWN_AGENT = "unknown";

  private final Supplier<TaskId> taskIds;
  private final Turn turn;
  private final Roster roster;
  private final Lifecycle lifecycle;
  private final Looks looks;

  Adoption(Supplier<TaskId> taskIds, Turn turn, Roster roster, Lifecycle lifecycle, Looks looks) {
    this.taskIds = taskIds;
    this.turn = turn;
    this.roster = roster;
    this.lifecycle = lifecycle;
    this.looks = looks;
  }

  void appeared(Session child, Reach parentReach) {
    String parent = child.parentId();
    if (parent == null || !roster.observes(parent) || roster.observes(child.id())) {
      return;
    }
    Family known = roster.family(parent);
    if ((known != null && known.gone) || hasEnded(parent)) {
      return;
    }
    List<String> lineage = roster.lineage(parent);
    Assignment assignment =
        new Assignment(child.title(), "", UNKNOWN_AGENT, null, null, child.directory(), null);
    Task task = Task.adopted(taskIds.get(), lineage, assignment, child.id(), turn.now());
    Entry entry = lifecycle.adopt(task);
    entry.silenced = true;
    entry.family.reach = parentReach;
    looks.look(entry);
  }

  /**
   * Whether a session was that of a task, which has ended or is being stopped: it must not be set
   * to work again.
   */
  private boolean hasEnded(String session) {
    Entry own = roster.bySession(session);
    if (own == null) {
      return roster.lineage(session).size() > 1;
    }
    return own.task.status() == TaskStatus.CANCELLING || own.task.status().terminal();
  }
}
