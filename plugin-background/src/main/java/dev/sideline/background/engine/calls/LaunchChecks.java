package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.limits.BudgetGuard;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.ResumeRefusal;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether a caller may launch a task: by what it is itself, and by the limits. */
public final class LaunchChecks {

  private final Settings settings;
  private final TaskRegistry registry;
  private final Slots slots;
  private final BudgetGuard budgets;

  public LaunchChecks(Settings settings, TaskRegistry registry, Slots slots, BudgetGuard budgets) {
    this.settings = settings;
    this.registry = registry;
    this.slots = slots;
    this.budgets = budgets;
  }

  /** Why a task cannot be gone on with by a caller; null if it can. */
  @Nullable ResumeRefusal resumeRefusal(String caller, Task before) {
    String session = before.session();
    LiveTask inSession = session == null ? null : registry.bySession(session);
    if (!before.status().terminal()) {
      return ResumeRefusal.LIVE;
    }
    if (!before.parent().equals(caller)) {
      return ResumeRefusal.NOT_LAUNCHED_BY_CALLER;
    }
    if (session == null || before.endedFor(Reason.SESSION_DELETED)) {
      return ResumeRefusal.NO_SESSION;
    }
    if (before.endedFor(Reason.ABANDONED)) {
      return ResumeRefusal.ABANDONED;
    }
    return inSession != null && !inSession.status().terminal()
        ? ResumeRefusal.SESSION_IN_USE
        : null;
  }

  /** Why a caller may not launch anything now; null if it may. */
  @Nullable Answer refusal(String caller) {
    ParentSession parent = registry.parent(caller);
    LiveTask own = registry.bySession(caller);
    if ((parent != null && parent.closed())
        || (own != null && ended(own.status()))
        || (own == null && wasCancelled(caller))) {
      return new Answer.CallerEnded();
    }
    List<String> ancestors = registry.ancestors(caller);
    Settings.Launches limits = settings.launches();
    if (ancestors.size() > limits.maxDepth()) {
      return limit("max_depth", limits.maxDepth());
    }
    if (parent != null && parent.unsettledTasks() >= limits.maxTasksPerParent()) {
      return limit("max_tasks_per_parent", limits.maxTasksPerParent());
    }
    if (limits.maxPerParent() > 0 && registry.account(caller).launched() >= limits.maxPerParent()) {
      return limit("max_launches_per_parent", limits.maxPerParent());
    }
    if (registry.hasUnsettled(limits.maxTasks())) {
      return limit("max_tasks", limits.maxTasks());
    }
    if (registry.bytes() >= limits.maxBytes()) {
      return limit("max_tasks_bytes", limits.maxBytes());
    }
    String spent = budgets.treeExceeded(registry.account(ancestors.get(ancestors.size() - 1)));
    return spent == null ? null : new Answer.BudgetSpent(spent);
  }

  private static Answer limit(String setting, long value) {
    return new Answer.LimitReached(new Limit(setting, value, null));
  }

  /** Whether a task will not be told what comes of the tasks that it launches. */
  private static boolean ended(TaskStatus status) {
    return status == TaskStatus.CANCELLING
        || status == TaskStatus.CANCELLED
        || status == TaskStatus.FAILED;
  }

  /**
   * Whether a session's last task was cancelled. If its agent works all the same, it must not have
   * others work for it. One that was stopped in the host itself may have been taken over there.
   */
  private boolean wasCancelled(String session) {
    Task last = registry.lastFinishedOf(session);
    return last != null
        && last.status() == TaskStatus.CANCELLED
        && !last.endedFor(Reason.INTERRUPTED);
  }

  /**
   * The limit that leaves no room for a task to start, if it is refused then; null if none does.
   */
  @Nullable Limit full(Task task) {
    if (settings.slots().whenFull() != WhenFull.REFUSE) {
      return null;
    }
    ParentSession parent = registry.parentOf(task.ancestors());
    Limit full = slots.fullFor(new LiveTask(parent, task));
    registry.removeIfEmpty(parent);
    return full;
  }
}
