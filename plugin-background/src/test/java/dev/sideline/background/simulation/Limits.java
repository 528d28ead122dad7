package dev.sideline.background.simulation;

import dev.sideline.api.ModelRef;
import dev.sideline.background.settings.KeyLimits;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * P5, as the host sees it: how many sessions are at work because the plugin has set them to work,
 * and has let them. What people do in the host themselves, and what the host does, is not counted.
 */
final class Limits {

  private final Settings settings;
  private final TaskHistory history;
  private final SimulatedHost host;
  private final Map<String, Integer> launchedBy = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Set<TaskId> beingStopped = new HashSet<>();

  /** The tasks that were at work at the last check, and those that are at this one. */
  private Set<TaskId> atWorkBefore = new LinkedHashSet<>();

  private Set<TaskId> atWork = new LinkedHashSet<>();

  /**
   * Tasks whose agents go on because the time of their calls was over, with a slot or without: a
   * caller that is told to be answered within a minute is.
   */
  private final Set<TaskId> letGo = new HashSet<>();

  /** Those of them that have begun another wait, but have been at work since. */
  private final Set<TaskId> waitingAgain = new HashSet<>();

  Limits(Settings settings, TaskHistory history, SimulatedHost host) {
    this.settings = settings;
    this.history = history;
    this.host = host;
  }

  void check() {
    counts.clear();
    Set<TaskId> spare = atWorkBefore;
    atWorkBefore = atWork;
    atWork = spare;
    atWork.clear();
    Settings.Slots slots = settings.slots();
    int launched = 0;
    for (Task task : history.live()) {
      if (task.provenance().adopted()) {
        continue;
      }
      launched++;
      count("live tasks of " + task.parent(), settings.launches().maxTasksPerParent());
      if (task.status() == TaskStatus.STARTING) {
        count("starting tasks", slots.maxStarting());
      }
      boolean works = isAtWork(task);
      if (!works && waitingAgain.remove(task.id())) {
        letGo.remove(task.id());
      }
      if (works && !letGo.contains(task.id())) {
        atWork.add(task.id());
        count("sessions at work", slots.maxRunning());
        count("sessions at work for " + task.parent(), slots.maxRunningPerParent());
        count("sessions at work below " + task.root(), slots.maxRunningPerTree());
        checkKeys(task);
      }
    }
    if (launched > settings.launches().maxTasks()) {
      throw new BrokenPromise("P5: there are " + launched + " live tasks");
    }
  }

  private void checkKeys(Task task) {
    String agent = KeyLimits.normalised(task.spec().agent());
    ModelRef used = task.model();
    String model = used == null ? KeyLimits.UNNAMED : KeyLimits.normalised(used.toString());
    String provider = used == null ? KeyLimits.UNNAMED : KeyLimits.normalised(used.provider());
    count("sessions of agent " + agent, settings.slots().perAgent().of(agent));
    count("sessions with model " + model, settings.slots().perModel().of(model));
    count("sessions with provider " + provider, settings.slots().perProvider().of(provider));
  }

  private void count(String what, int max) {
    if (max > 0 && counts.merge(what, 1, Integer::sum) > max) {
      throw new BrokenPromise(
          "P5: there are " + counts.get(what) + " " + what + ", and may be " + max + ": " + atWork);
    }
  }

  /**
   * A task that is to resume a session, and waits to, has not set it to work: it was let go so. One
   * that is being stopped may be set to work by what was under way to it, and is stopped again.
   */
  private boolean isAtWork(Task task) {
    boolean meant =
        task.status() != TaskStatus.PENDING
            && (!beingStopped.contains(task.id()) || atWorkBefore.contains(task.id()));
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    return meant && session != null && session.activeByPlugin();
  }

  void crashed() {
    waitingAgain.clear();
  }

  /** A task is told to stop, for good or for another message. */
  void stopped(TaskId task) {
    beingStopped.add(task);
  }

  /** The agent of a task goes on, whatever the limits. */
  void letGo(TaskId task) {
    letGo.add(task);
  }

  /** The agent of a task waits again, or is about to, and goes on when it may. */
  void waits(TaskId task) {
    if (letGo.contains(task)) {
      waitingAgain.add(task);
    }
  }

  /** A task is told something. */
  void prompted(TaskId task) {
    beingStopped.remove(task);
  }

  /** A caller has been told that its task was launched. */
  void launched(Task task) {
    Settings.Launches launches = settings.launches();
    int count = launchedBy.merge(task.parent(), 1, Integer::sum);
    boolean there = host.find(task.parent()) != null;
    if (there && launches.maxPerParent() > 0 && count > launches.maxPerParent()) {
      throw new BrokenPromise("P5: " + task.parent() + " has launched " + count + " tasks");
    }
    if (task.ancestors().size() > launches.maxDepth()) {
      throw new BrokenPromise("P5: launched too deep: " + task);
    }
  }
}
