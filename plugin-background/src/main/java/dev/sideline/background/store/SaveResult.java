package dev.sideline.background.store;

import dev.sideline.background.task.TaskId;
import java.util.Set;

/** What a store answers to changes that it was given to record. */
public sealed interface SaveResult {

  /** They are recorded. */
  SaveResult DONE = new Done();

  /** They are recorded. */
  record Done() implements SaveResult {}

  /**
   * They are not recorded, or it is not known whether they are. They are given to it again, as they
   * are, until that works.
   *
   * @param reason why, in words
   */
  record TryAgain(String reason) implements SaveResult {}

  /**
   * None of them is recorded, and that will not change by trying again soon.
   *
   * @param reason why, in words
   * @param tasks the tasks whose rows the store will not take: all others are given to it again
   *     without them. Empty if it takes nothing at all, as a disk that is full
   */
  record Never(String reason, Set<TaskId> tasks) implements SaveResult {

    public Never {
      tasks = Set.copyOf(tasks);
    }
  }

  /**
   * None of them is recorded, because another owner has taken some of the tasks. All others are
   * given to it again without them.
   *
   * @param tasks the tasks that are another's now; not empty
   */
  record Fenced(Set<TaskId> tasks) implements SaveResult {

    public Fenced {
      tasks = Set.copyOf(tasks);
    }
  }
}
