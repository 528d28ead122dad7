package dev.sideline.background.simulation;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;

/** P7: what is live, owed, or has siblings running, is kept. */
final class Retirement {

  private final TaskHistory history;
  private final SimulatedHost host;
  private final NotificationInvariants notifications;

  Retirement(TaskHistory history, SimulatedHost host, NotificationInvariants notifications) {
    this.history = history;
    this.host = host;
    this.notifications = notifications;
  }

  /** A task is about to be only retained, or forgotten altogether. */
  void check(Task task) {
    if (!task.status().terminal()) {
      throw new BrokenPromise("P7: retired a live task: " + task);
    }
    if (host.find(task.parent()) == null) {
      return;
    }
    if (!notifications.told(task.id())) {
      throw new BrokenPromise("P7: retired before its parent was told: " + task);
    }
    if (notifications.closed(task.id()) || notifications.excused(task.id())) {
      return;
    }
    for (TaskId id : history.ofParent(task.parent())) {
      Task sibling = history.find(id);
      boolean live = sibling != null && !sibling.status().terminal() && !history.forgotten(id);
      if (live && sibling.createdMillis() < task.settledMillis()) {
        throw new BrokenPromise(
            "P7: retired " + task + " while its sibling still runs: " + sibling);
      }
    }
  }
}
