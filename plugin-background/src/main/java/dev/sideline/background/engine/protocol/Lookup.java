package dev.sideline.background.engine.protocol;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is to be looked for among the tasks that have ended, are owed to nobody, and may be in the
 * record alone, because they have left memory.
 */
public sealed interface Lookup {

  /** A task. */
  record ById(TaskId id) implements Lookup {}

  /** The tasks that ran in a session. */
  record OfSession(String session) implements Lookup {}

  /** The task that a session has launched with an idempotency key. */
  record ByKey(String parent, String key) implements Lookup {}

  /**
   * The newest tasks of the tree below a session.
   *
   * @param status that they have; null for any
   * @param limit how many at most
   */
  record NewestOfTree(String session, @Nullable TaskStatus status, int limit) implements Lookup {}

  /** All tasks of the tree below a session, by their ids alone. */
  record IdsOfTree(String session) implements Lookup {}

  /** All tasks that a session has launched itself, by their ids alone. */
  record IdsOfParent(String session) implements Lookup {}

  /**
   * What was found.
   *
   * @param tasks the tasks themselves, newest first
   * @param ids of {@link IdsOfTree} and {@link IdsOfParent} alone
   * @param total how many there are, of which those given are the newest
   */
  record Found(List<Task> tasks, List<TaskId> ids, int total) {

    public static final Found NOTHING = new Found(List.of(), List.of(), 0);

    public Found {
      tasks = List.copyOf(tasks);
      ids = List.copyOf(ids);
    }

    /** These tasks, of which there are no more. */
    public static Found of(List<Task> tasks) {
      return new Found(tasks, List.of(), tasks.size());
    }
  }
}
