package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Of a parent's tasks, those of higher priority start first, but for one of lower now and then that
 * has waited longer; and callers are told their place.
 */
final class Queue implements Check {

  /** How many have to start in between. */
  private static final int IN_ORDER = 3;

  private final TaskHistory history;

  /** How many of a parent's tasks have started since the last that was not of highest priority. */
  private final Map<String, Integer> startedInOrder = new HashMap<>();

  Queue(TaskHistory history) {
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Publish publish
          && publish.event() instanceof PluginEvent.TaskChanged event
          && event.status().name().equals(TaskStatus.STARTING.name())) {
        started(new TaskId(event.taskId()), changes);
      }
    }
    int changed = changes.size() + step.changes().forgotten().size();
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply) {
        Answers.shown(reply.answer()).forEach(view -> checkPlace(view, changed));
      }
    }
  }

  private void started(TaskId id, List<TaskHistory.Change> changes) {
    for (TaskHistory.Change change : changes) {
      if (change.now().id().equals(id)) {
        if (change.enters(TaskStatus.STARTING)) {
          started(change.now(), changes);
        } else {
          // It has come to something else at once.
          startedInOrder.merge(change.now().parent(), 1, Integer::sum);
        }
      }
    }
  }

  @Override
  public void crashed(LastRecord record) {
    startedInOrder.clear();
  }

  private void started(Task task, List<TaskHistory.Change> changes) {
    List<Task> others =
        waiting(task.parent())
            .filter(other -> isNew(other, changes) && sameLimits(task, other))
            .toList();
    others.forEach(other -> checkOrder(task, other));
    int before = startedInOrder.merge(task.parent(), 1, Integer::sum) - 1;
    if (others.stream().anyMatch(other -> isOfHigherPriority(other, task))) {
      if (before < IN_ORDER) {
        throw new BrokenPromise(
            "started before " + others + ", " + before + " after another such: " + task);
      }
      startedInOrder.put(task.parent(), 0);
    }
  }

  private static boolean isNew(Task task, List<TaskHistory.Change> changes) {
    return changes.stream().noneMatch(change -> change.now().id().equals(task.id()));
  }

  /** A parent's tasks that wait for a slot and for nothing else. */
  private Stream<Task> waiting(String parent) {
    return pending(parent).filter(task -> task.provenance().after().isEmpty());
  }

  private Stream<Task> pending(String parent) {
    return live(parent).filter(task -> task.status() == TaskStatus.PENDING);
  }

  private Stream<Task> live(String parent) {
    return history.live().stream().filter(task -> task.parent().equals(parent));
  }

  /** One with the same limits has waited as long as the other was there. */
  private static void checkOrder(Task started, Task other) {
    boolean later = started.number() > other.number();
    boolean equal = started.options().priority() == other.options().priority();
    boolean first =
        later
            && (isOfHigherPriority(other, started)
                || (equal && started.provenance().after().isEmpty()));
    if (first) {
      throw new BrokenPromise("started before " + other + ": " + started);
    }
  }

  private static boolean isOfHigherPriority(Task one, Task other) {
    return one.options().priority() > other.options().priority();
  }

  private static boolean sameLimits(Task one, Task other) {
    return agent(one).equals(agent(other)) && Objects.equals(one.model(), other.model());
  }

  private static String agent(Task task) {
    return KeyLimits.normalised(task.spec().agent());
  }

  /**
   * @param changed how many tasks have changed since the caller was told
   */
  private void checkPlace(View view, int changed) {
    Task task = view.task();
    int place = view.queuePosition();
    if (place == 0) {
      return;
    }
    List<Task> pending = pending(task.parent()).toList();
    // Those that were at work, and wait for a slot again, go before all.
    boolean exact =
        changed == 0
            && pending.stream().allMatch(other -> other.provenance().after().isEmpty())
            && live(task.parent()).noneMatch(other -> other.status().active());
    long before = pending.stream().filter(other -> goesBefore(other, task)).count();
    if (task.status() != TaskStatus.PENDING
        || place > live(task.parent()).count() + changed
        || (exact && place != before + 1)) {
      throw new BrokenPromise("told to be in place " + place + " of " + pending + ": " + task);
    }
  }

  private static boolean goesBefore(Task one, Task other) {
    int byPriority = Integer.compare(one.options().priority(), other.options().priority());
    return byPriority > 0 || (byPriority == 0 && one.number() < other.number());
  }

  /** Whether tasks are in the order of their launch, the newest first. */
  static boolean newestFirst(List<View> views) {
    long number = Long.MAX_VALUE;
    for (View view : views) {
      if (view.task().number() >= number) {
        return false;
      }
      number = view.task().number();
    }
    return true;
  }
}
