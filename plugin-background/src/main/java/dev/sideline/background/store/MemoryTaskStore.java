package dev.sideline.background.store;

import dev.sideline.background.engine.Changes;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A record in memory, for tests and for hosts that want none on disk. It survives nothing, and is
 * bounded because the engine forgets what it does not retain.
 */
public final class MemoryTaskStore implements TaskStore {

  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final Map<TaskId, Task> tasks = new ConcurrentHashMap<>();
  private final Map<String, Notice> owed = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<Void> save(Changes changes) {
    for (Task task : changes.saved()) {
      tasks.put(task.id(), task);
    }
    for (Notice notice : changes.owed()) {
      owed.put(notice.messageId(), notice);
    }
    changes.delivered().forEach(owed::remove);
    changes.forgotten().forEach(tasks::remove);
    return DONE;
  }

  @Override
  public CompletionStage<Contents> load() {
    return CompletableFuture.completedStage(
        new Contents(List.copyOf(tasks.values()), List.copyOf(owed.values())));
  }

  @Override
  public void close() {
    tasks.clear();
    owed.clear();
  }
}
