package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.RecordedTasks;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Every task that there ever was, as it was recorded last. P3: terminal is for ever, and tasks move
 * as the table of their states allows.
 */
final class TaskHistory {

  /**
   * What a step has made of a task.
   *
   * @param before null if it is new
   */
  record Change(@Nullable Task before, Task now) {

    boolean enters(TaskStatus status) {
      return now.status() == status && (before == null || before.status() != status);
    }

    boolean ends() {
      return now.status().terminal() && (before == null || !before.status().terminal());
    }

    /** Whether it has been told to stop, and may have ended at once. */
    boolean isStopped() {
      boolean stoppedBefore = before != null && before.status() == TaskStatus.CANCELLING;
      return enters(TaskStatus.CANCELLING) || (enters(TaskStatus.CANCELLED) && !stoppedBefore);
    }
  }

  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();
  private final Map<TaskId, Task> live = new LinkedHashMap<>();
  private final Map<String, List<TaskId>> bySession = new HashMap<>();
  private final Map<String, List<TaskId>> byParent = new HashMap<>();
  private final Map<TaskId, TaskStatus> published = new HashMap<>();
  private final PublishedRequests requests = new PublishedRequests();
  private final Set<TaskId> forgotten = new HashSet<>();
  private final Set<TaskId> answered = new HashSet<>();
  private long version;

  /** Takes what a step has changed. */
  List<Change> take(Input input, Step step) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Publish publish) {
        requests.published(publish.event());
        if (publish.event() instanceof PluginEvent.TaskChanged changed) {
          published(changed);
        }
      }
    }
    List<Change> changes = new ArrayList<>();
    for (Task task : RecordedTasks.changedBy(step.changes(), tasks::get)) {
      requests.saved(task);
      changes.add(saved(task));
    }
    for (TaskId id : step.changes().forgotten()) {
      forgotten(id, input);
    }
    return changes;
  }

  /** Goes back to what is recorded. P1: what a caller was told of is. */
  void crashed(LastRecord record) {
    for (Task task : List.copyOf(tasks.values())) {
      if (record.task(task.id()) == null && !forgotten.contains(task.id())) {
        if (answered.contains(task.id())) {
          throw new BrokenPromise("P1: its launch was answered, and it is not recorded: " + task);
        }
        tasks.remove(task.id());
        published.remove(task.id());
      }
    }
    for (RecordedTask recorded : record.tasks()) {
      Task task = recorded.task();
      tasks.put(task.id(), task);
      published.put(task.id(), task.status());
      forgotten.remove(task.id());
    }
    requests.crashed(record);
    live.clear();
    bySession.clear();
    byParent.clear();
    tasks.values().forEach(this::enter);
    version++;
  }

  private void enter(Task task) {
    byParent.computeIfAbsent(task.parent(), key -> new ArrayList<>()).add(task.id());
    if (task.session() != null) {
      bySession.computeIfAbsent(task.session(), key -> new ArrayList<>()).add(task.id());
    }
    if (!task.status().terminal() && !forgotten.contains(task.id())) {
      live.put(task.id(), task);
    }
  }

  private void published(PluginEvent.TaskChanged changed) {
    TaskId id = new TaskId(changed.taskId());
    TaskStatus now = TaskStatus.valueOf(changed.status().name());
    TaskStatus before = published.put(id, now);
    boolean begins = now == TaskStatus.PENDING || now == TaskStatus.RUNNING;
    if (before == null ? !begins : !before.canMoveTo(now)) {
      throw new BrokenPromise("P3: published as " + now + " after " + before + ": " + changed);
    }
    if (!now.terminal() != (changed.reason() == null)) {
      throw new BrokenPromise("P3: a reason without an end, or an end without one: " + changed);
    }
  }

  private Change saved(Task task) {
    Task before = tasks.put(task.id(), task);
    if (task.status() != published.get(task.id())) {
      throw new BrokenPromise(
          "P3: published as " + published.get(task.id()) + " but recorded as " + task);
    }
    if (before == null) {
      byParent.computeIfAbsent(task.parent(), key -> new ArrayList<>()).add(task.id());
    } else {
      checkSame(before, task);
    }
    boolean newSession = before == null || before.session() == null;
    if (newSession && task.session() != null) {
      bySession.computeIfAbsent(task.session(), key -> new ArrayList<>()).add(task.id());
    }
    if (task.status().terminal()) {
      live.remove(task.id());
    } else {
      live.put(task.id(), task);
    }
    version++;
    return new Change(before, task);
  }

  private static void checkSame(Task before, Task task) {
    if (before.status().terminal() && !before.equals(task)) {
      throw new BrokenPromise("P3: a terminal record changed from " + before + " to " + task);
    }
    if (before.session() != null && !before.session().equals(task.session())) {
      throw new BrokenPromise("a task changed its session: " + before + " to " + task);
    }
    if (task.activation() < before.activation()) {
      throw new BrokenPromise("an activation went back: " + before + " to " + task);
    }
    if (!task.launchedWith(before.spec(), before.options(), before.provenance())
        || !task.ancestors().equals(before.ancestors())) {
      throw new BrokenPromise("a task became another: " + before + " to " + task);
    }
  }

  private static boolean isRefused(TaskId id, Input input) {
    return input instanceof Input.NotStored notStored
        && notStored.launches().stream().anyMatch(launch -> launch.task().equals(id));
  }

  private void forgotten(TaskId id, Input input) {
    forgotten.add(id);
    Task task = tasks.get(id);
    if (task == null) {
      throw new BrokenPromise("forgot what never was: " + id);
    }
    if (isRefused(id, input)) {
      if (answered.contains(id)) {
        throw new BrokenPromise("P1: given up as not recorded, but was: " + task);
      }
      live.remove(id);
      version++;
    } else if (!task.status().terminal()) {
      throw new BrokenPromise("P7: forgot a live task: " + task);
    }
  }

  /** A caller has been told that a task was launched. */
  void answered(TaskId id) {
    answered.add(id);
  }

  @Nullable Task find(TaskId id) {
    return tasks.get(id);
  }

  /** The newest task that works or has worked in a session. */
  @Nullable Task ofSession(String session) {
    List<TaskId> ids = bySession.get(session);
    return ids == null ? null : tasks.get(ids.get(ids.size() - 1));
  }

  List<TaskId> ofParent(String session) {
    return byParent.getOrDefault(session, List.of());
  }

  /** Whether a task is among those that somebody refers to. */
  boolean isMeant(TaskId id, List<String> refs) {
    Task task = tasks.get(id);
    return refs.contains(id.value()) || (task != null && refs.contains(task.session()));
  }

  Collection<Task> live() {
    return live.values();
  }

  Collection<Task> all() {
    return tasks.values();
  }

  boolean forgotten(TaskId id) {
    return forgotten.contains(id);
  }

  /** Another number whenever something has changed. */
  long version() {
    return version;
  }

  static boolean abandoned(Task task) {
    return task.outcome() != null && task.outcome().reason() == Reason.ABANDONED;
  }
}
