package dev.sideline.background.simulation;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Nobody waits for ever: a parent that could have a slot is not passed over again and again by
 * parents that have had one since it began to wait, whatever the priorities.
 */
final class Turns implements Check {

  /** Of so many tasks that start in a row, one is of the parent that has waited longest. */
  private static final int TURNS_UNTIL_LONGEST_WAITING = 4;

  private final Settings.Slots slots;
  private final TaskHistory history;
  private int starts;
  private final Map<String, Integer> lastStart = new HashMap<>();
  private final Map<String, Wait> waits = new HashMap<>();

  /** A parent of which only limits that are open keep nothing from starting. */
  private static final class Wait {
    private final int since;
    private int passedOver;

    private Wait(int since) {
      this.since = since;
    }
  }

  Turns(Settings.Slots slots, TaskHistory history) {
    this.slots = slots;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (changes.isEmpty() && step.changes().forgotten().isEmpty()) {
      return;
    }
    Set<String> ready = ready();
    waits.keySet().retainAll(ready);
    List<Integer> before = new ArrayList<>();
    for (TaskHistory.Change change : changes) {
      boolean failsAtOnce = failsAtOnce(change);
      if (change.enters(TaskStatus.STARTING) || failsAtOnce) {
        String parent = change.now().parent();
        before.add(lastStart.getOrDefault(parent, 0));
        lastStart.put(parent, ++starts);
        if (failsAtOnce) {
          // It has had its turn, and waits anew.
          waits.remove(parent);
        }
      }
    }
    boolean defect =
        step.effects().stream().anyMatch(effect -> effect instanceof Effect.ReportDefect);
    waits.forEach((parent, wait) -> check(parent, wait, before, defect));
    ready.forEach(parent -> waits.putIfAbsent(parent, new Wait(starts)));
  }

  @Override
  public void crashed(LastRecord record) {
    waits.clear();
  }

  /** Whether a task has got its slot and come to nothing in the same step. */
  private static boolean failsAtOnce(TaskHistory.Change change) {
    return change.before() != null
        && change.before().status() == TaskStatus.PENDING
        && change.now().endedFor(Reason.LAUNCH_FAILED);
  }

  /**
   * @param before when the parents of what has just started had started something before
   */
  private static void check(String parent, Wait wait, List<Integer> before, boolean defect) {
    // In a step that broke off, a turn may have come to nothing.
    boolean fair = defect || before.stream().anyMatch(last -> last <= wait.since);
    wait.passedOver = fair ? 0 : wait.passedOver + before.size();
    if (wait.passedOver >= TURNS_UNTIL_LONGEST_WAITING) {
      throw new BrokenPromise(parent + " is passed over " + wait.passedOver + " times in a row");
    }
  }

  /** The parents of which it is certain that they only wait for their turn. */
  private Set<String> ready() {
    Set<String> ready = new HashSet<>();
    Set<String> involved = new HashSet<>();
    Set<String> rootsAtWork = new HashSet<>();
    for (Task task : history.live()) {
      if (task.status() != TaskStatus.PENDING) {
        rootsAtWork.add(task.root());
        involved.add(task.parent());
      } else if (!task.provenance().after().isEmpty()) {
        involved.add(task.parent());
      } else if (unlimited(task)) {
        ready.add(task.parent());
      }
    }
    if (slots.maxRunningPerTree() > 0) {
      history.live().stream()
          .filter(task -> rootsAtWork.contains(task.root()))
          .forEach(task -> involved.add(task.parent()));
    }
    ready.removeAll(involved);
    return ready;
  }

  private boolean unlimited(Task task) {
    ModelRef used = task.model();
    String agent = KeyLimits.normalised(task.spec().agent());
    String model = used == null ? KeyLimits.UNNAMED : KeyLimits.normalised(used.toString());
    String provider = used == null ? KeyLimits.UNNAMED : KeyLimits.normalised(used.provider());
    return slots.perAgent().of(agent) == 0
        && slots.perModel().of(model) == 0
        && slots.perProvider().of(provider) == 0;
  }
}
