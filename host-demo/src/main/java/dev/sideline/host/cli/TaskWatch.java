package dev.sideline.host.cli;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.TaskStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Keeps the last state of each task that a plugin has told of. Safe for use from any thread. */
final class TaskWatch implements Consumer<PluginEvent> {

  private final Map<String, PluginEvent.TaskChanged> tasks = new LinkedHashMap<>();

  @Override
  public synchronized void accept(PluginEvent event) {
    if (event instanceof PluginEvent.TaskChanged task) {
      tasks.put(task.taskId(), task);
    }
  }

  /** Whether no task is live. */
  synchronized boolean quiet() {
    return tasks.values().stream().allMatch(TaskWatch::over);
  }

  /**
   * The tasks of a session that it is owed a notice of: those that are over, but for those that
   * were cancelled, most likely by the session itself.
   */
  synchronized Set<String> owedTo(String sessionId) {
    return tasks.values().stream()
        .filter(task -> task.parentSessionId().equals(sessionId))
        .filter(task -> over(task) && task.status() != TaskStatus.CANCELLED)
        .map(PluginEvent.TaskChanged::taskId)
        .collect(Collectors.toSet());
  }

  private static boolean over(PluginEvent.TaskChanged task) {
    return task.status().terminal();
  }
}
