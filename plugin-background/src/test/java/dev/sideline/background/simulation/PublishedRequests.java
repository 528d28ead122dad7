package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** That a host is told of each request of a task once that it waits, and once that it does not. */
final class PublishedRequests {

  private final Map<String, Set<String>> waiting = new HashMap<>();

  void published(PluginEvent event) {
    if (event instanceof PluginEvent.RequestPending pending) {
      boolean news =
          waiting
              .computeIfAbsent(pending.taskId(), key -> new HashSet<>())
              .add(pending.request().id());
      if (!news) {
        throw new BrokenPromise("told to wait, and did before: " + pending);
      }
    } else if (event instanceof PluginEvent.RequestGone gone
        && !waiting.getOrDefault(gone.taskId(), new HashSet<>()).remove(gone.requestId())) {
      throw new BrokenPromise("told not to wait any more, and did not: " + gone);
    }
  }

  /** What is not recorded to have been told is told anew. */
  void crashed(LastRecord record) {
    waiting.clear();
    for (RecordedTask recorded : record.tasks()) {
      Set<String> asked = new HashSet<>();
      recorded.handling().requests().forEach(request -> asked.add(request.id()));
      waiting.put(recorded.task().id().value(), asked);
    }
  }

  /** What is recorded of a task after a step. */
  void saved(Task task) {
    Set<String> open = waiting.getOrDefault(task.id().value(), Set.of());
    if (task.status().terminal() && !open.isEmpty()) {
      throw new BrokenPromise("has ended, and said to wait for " + open + ": " + task);
    }
    if (task.status() == TaskStatus.INPUT_REQUIRED && open.isEmpty()) {
      throw new BrokenPromise("waits for an answer, and nobody was told to what: " + task);
    }
  }
}
