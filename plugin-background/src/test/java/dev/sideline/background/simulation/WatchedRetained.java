package dev.sideline.background.simulation;

import dev.sideline.background.ledger.Retained;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The real cache of settled tasks, watched from outside. */
final class WatchedRetained implements Retained {

  private final Retained real;
  private final int maxCount;
  private final Set<TaskId> held = new LinkedHashSet<>();
  private final List<Task> added = new ArrayList<>();

  WatchedRetained(Retained real, int maxCount) {
    this.real = real;
    this.maxCount = maxCount;
  }

  /** What came in since this was asked the last time. */
  List<Task> drainAdded() {
    List<Task> drained = List.copyOf(added);
    added.clear();
    return drained;
  }

  boolean holds(TaskId id) {
    return held.contains(id);
  }

  int count() {
    return held.size();
  }

  @Override
  public List<TaskId> add(Task task) {
    added.add(task);
    if (!held.add(task.id())) {
      throw new BrokenPromise("P7: retained twice: " + task);
    }
    List<TaskId> gone = real.add(task);
    gone.forEach(held::remove);
    if (held.size() > maxCount) {
      throw new BrokenPromise("P7: " + held.size() + " tasks are retained");
    }
    return gone;
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
  public boolean knowsParent(String session) {
    return real.knowsParent(session);
  }
}
