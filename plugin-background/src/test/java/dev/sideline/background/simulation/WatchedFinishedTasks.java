package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.FinishedTasks;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real caches of settled tasks, of one process after the other, watched from outside. */
final class WatchedFinishedTasks implements FinishedTasks {

  private static final long EXPIRY_SLACK_MILLIS = 2_000;

  private FinishedTasks real;
  private final int maxCount;
  private final long lifetimeMillis;
  private final VirtualTime time;
  private final Map<TaskId, Task> held = new LinkedHashMap<>();
  private final Map<TaskId, Long> addedMillis = new HashMap<>();
  private final List<Task> added = new ArrayList<>();

  WatchedFinishedTasks(Settings.Retention settings, VirtualTime time) {
    this.maxCount = settings.maxCount();
    this.lifetimeMillis = settings.lifetime().toMillis();
    this.time = time;
  }

  /** A process begins, with a cache of its own. */
  void begin(FinishedTasks empty) {
    real = empty;
    held.clear();
    addedMillis.clear();
    added.clear();
  }

  /** What came in since this was asked the last time. */
  List<Task> drainAdded() {
    List<Task> drained = List.copyOf(added);
    added.clear();
    return drained;
  }

  boolean holds(TaskId id) {
    return held.containsKey(id);
  }

  Set<TaskId> ids() {
    return held.keySet();
  }

  /** What has outlived its lifetime must leave, whether or not anybody asks for it. */
  void checkExpired() {
    held.forEach(
        (id, task) -> {
          long age = time.millis() - addedMillis.getOrDefault(id, 0L);
          if (age > lifetimeMillis + EXPIRY_SLACK_MILLIS) {
            throw new BrokenPromise("P7: kept beyond its lifetime, for " + age + " ms: " + task);
          }
        });
  }

  int count() {
    return held.size();
  }

  @Override
  public List<TaskId> add(Task task) {
    added.add(task);
    addedMillis.put(task.id(), time.millis());
    if (held.put(task.id(), task) != null) {
      throw new BrokenPromise("P7: retained twice: " + task);
    }
    List<TaskId> gone = real.add(task);
    gone.forEach(id -> trimmed(id, task));
    if (held.size() > maxCount) {
      throw new BrokenPromise("P7: " + held.size() + " tasks are retained");
    }
    return gone;
  }

  /** What has not been here for as long as it may goes only if it has ended before all others. */
  private void trimmed(TaskId id, Task newest) {
    Task task = held.remove(id);
    boolean tooOld = time.millis() >= addedMillis.getOrDefault(id, 0L) + lifetimeMillis;
    if (task != null && !tooOld) {
      for (Task other : held.values()) {
        if (other.settledMillis() < task.settledMillis() && !other.id().equals(newest.id())) {
          throw new BrokenPromise("P7: had to go before " + other + ": " + task);
        }
      }
    }
  }

  @Override
  public @Nullable Task find(TaskId id) {
    return real.find(id);
  }

  @Override
  public List<Task> ofSession(String session) {
    return real.ofSession(session);
  }

  @Override
  public List<Task> all() {
    return real.all();
  }

  @Override
  public List<Task> ofTree(String session) {
    return real.ofTree(session);
  }

  @Override
  public void remove(TaskId id) {
    held.remove(id);
    real.remove(id);
  }

  @Override
  public List<TaskId> expire() {
    List<TaskId> gone = real.expire();
    gone.forEach(held::remove);
    return gone;
  }

  @Override
  public long millisToExpiry() {
    return real.millisToExpiry();
  }

  @Override
  public boolean knowsParent(String session) {
    return real.knowsParent(session);
  }
}
