package dev.sideline.background.engine.protocol;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that have ended, are owed to nobody and stay readable: bounded, the one that settled first
 * goes first.
 *
 * <p>Confined to the thread of the engine, but for {@link #knowsParent}.
 */
public interface FinishedTasks {

  /**
   * Takes a task that is finished.
   *
   * @return the tasks that had to go for it; it may be among them
   */
  List<TaskId> add(Task task);

  /** A task; null if it is not here (any more). */
  @Nullable Task find(TaskId id);

  /** The tasks that ran in a session, in the order in which they settled. */
  List<Task> ofSession(String session);

  /** All tasks that are here, in the order in which they settled. */
  List<Task> all();

  /** The tasks of the tree below a session, in the order in which they settled. */
  List<Task> ofTree(String session);

  /** Removes a task, if it is here. */
  void remove(TaskId id);

  /** Removes what has been here longer than its lifetime, and tells what. */
  List<TaskId> expire();

  /**
   * How long until the first of them has outlived its lifetime, in milliseconds; {@link
   * Long#MAX_VALUE} if there is none.
   */
  long millisToExpiry();

  /** Whether a task of this parent is here. May be called from any thread. */
  boolean knowsParent(String session);
}
