package dev.sideline.background.engine.react;

import dev.sideline.api.Reach;
import dev.sideline.api.Session;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.function.Supplier;

/**
 * Counts as tasks the sessions that a host itself has created under one that has tasks: they are
 * listed, they hold slots, and they can be cancelled. Their parent is not told of them, for the
 * host tells it.
 */
public final class ChildAdoption {

  private static final String UNKNOWN_AGENT = "unknown";

  private final Supplier<TaskId> taskIds;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Lifecycle lifecycle;

  public ChildAdoption(
      Supplier<TaskId> taskIds, UnitOfWork unit, TaskRegistry registry, Lifecycle lifecycle) {
    this.taskIds = taskIds;
    this.unit = unit;
    this.registry = registry;
    this.lifecycle = lifecycle;
  }

  void appeared(Session child, Reach parentReach) {
    String parent = child.parentId();
    if (parent == null || !registry.observes(parent) || registry.observes(child.id())) {
      return;
    }
    ParentSession known = registry.parent(parent);
    if ((known != null && known.closed()) || hasEnded(parent)) {
      return;
    }
    List<String> ancestors = registry.ancestors(parent);
    TaskSpec spec =
        new TaskSpec(child.title(), "", UNKNOWN_AGENT, null, null, child.directory(), null);
    Task task = Task.adopted(taskIds.get(), ancestors, spec, child.id(), unit.now());
    LiveTask live = lifecycle.adopt(task);
    live.stopping().silence();
    live.parent().reach(parentReach);
    unit.signal(new Signal.ProbeWanted(live));
  }

  /**
   * Whether a session was that of a task, which has ended or is being stopped: it must not be set
   * to work again.
   */
  private boolean hasEnded(String session) {
    LiveTask own = registry.bySession(session);
    if (own == null) {
      return registry.ancestors(session).size() > 1;
    }
    return own.status() == TaskStatus.CANCELLING || own.status().terminal();
  }
}
