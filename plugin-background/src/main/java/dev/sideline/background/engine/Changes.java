package dev.sideline.background.engine;

import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;

/**
 * What is to be recorded, all or nothing, before any effect of the same step is carried out.
 *
 * @param saved tasks as they now stand
 * @param owed notices that parents are owed from now on
 * @param delivered message ids of notices that are owed no longer
 * @param forgotten tasks that are gone for good
 */
public record Changes(
    List<Task> saved, List<Notice> owed, List<String> delivered, List<TaskId> forgotten) {

  /** Nothing to record. */
  public static final Changes NONE = new Changes(List.of(), List.of(), List.of(), List.of());

  /** Whether there is nothing to record. */
  public boolean isEmpty() {
    return saved.isEmpty() && owed.isEmpty() && delivered.isEmpty() && forgotten.isEmpty();
  }
}
