package dev.sideline.background.engine;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What rows make of tasks, as a whole. */
public final class RecordedTasks {

  private RecordedTasks() {}

  /**
   * The tasks that changes make new or other.
   *
   * @param before tells a task as it was recorded last
   */
  public static List<Task> changedBy(Changes changes, Function<TaskId, Task> before) {
    Map<TaskId, Task> changed = new LinkedHashMap<>();
    for (TaskRow row : changes.created()) {
      changed.put(row.id(), row.task());
    }
    for (TaskStateRow row : changes.moved()) {
      changed.put(row.task(), row.of(before.apply(row.task())));
    }
    changes
        .ended()
        .forEach(row -> changed.computeIfPresent(row.task(), (id, task) -> row.of(task)));
    return List.copyOf(changed.values());
  }
}
