package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.End;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is recorded when a process ends: all that the next one, and whoever watches it, knows. */
final class LastRecord {

  private final Map<TaskId, RecordedTask> tasks = new LinkedHashMap<>();
  private final Map<TaskId, MeterRow> meters = new HashMap<>();

  LastRecord(Recorded recorded) {
    recorded.tasks().stream()
        .sorted((one, other) -> Task.BY_LAUNCH.compare(one.task(), other.task()))
        .forEach(task -> tasks.put(task.task().id(), task));
    recorded.meters().forEach(row -> meters.put(row.task(), row));
  }

  /** All tasks, in the order of their launch. */
  Collection<RecordedTask> tasks() {
    return tasks.values();
  }

  /** A task; null if it is not recorded. */
  @Nullable Task task(TaskId id) {
    RecordedTask recorded = tasks.get(id);
    return recorded == null ? null : recorded.task();
  }

  /** What was done about a task; nothing if it is not recorded. */
  Handling handling(TaskId id) {
    RecordedTask recorded = tasks.get(id);
    return recorded == null ? Handling.NONE : recorded.handling();
  }

  /** What a live task has used, as far as that is recorded; null if it is not. */
  @Nullable MeterRow meters(TaskId id) {
    return meters.get(id);
  }

  /** Whether a task is recorded as one that has not ended. */
  boolean isLive(TaskId id) {
    Task task = task(id);
    return task != null && !task.status().terminal();
  }

  /** Whether a task is recorded, and its parent as one that does not know of its end. */
  boolean isUntold(TaskId id) {
    End end = handling(id).end();
    return isLive(id) || (end != null && (end.told() == Told.UNTOLD || end.told() == Told.ASLEEP));
  }
}
