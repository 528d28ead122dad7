package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Lookup.Found;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was found in the record for the call that is being answered: readable during that step, and
 * no longer, so that it takes nobody's place in memory.
 */
public final class RecalledTasks {

  private Map<Lookup, Found> found = Map.of();
  private final Map<TaskId, Task> byId = new LinkedHashMap<>();

  /** Takes what was found for a call. */
  public void begin(Map<Lookup, Found> recalled) {
    found = recalled;
    recalled.values().forEach(some -> begin(some.tasks()));
  }

  /** Takes what is known for this step whether or not there is room for it. */
  public void begin(Collection<Task> known) {
    known.forEach(task -> byId.put(task.id(), task));
  }

  /** The step is over. */
  public void end() {
    found = Map.of();
    byId.clear();
  }

  /** What a lookup has found; null if it was not made for this call. */
  public @Nullable Found of(Lookup lookup) {
    return found.get(lookup);
  }

  @Nullable Task find(TaskId id) {
    return byId.get(id);
  }

  List<Task> ofSession(String session) {
    List<Task> tasks = new ArrayList<>();
    for (Task task : byId.values()) {
      if (session.equals(task.session())) {
        tasks.add(task);
      }
    }
    tasks.sort(Task.BY_END);
    return tasks;
  }
}
