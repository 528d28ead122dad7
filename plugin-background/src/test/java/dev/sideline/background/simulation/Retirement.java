package dev.sideline.background.simulation;

import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;

/** P7: what is live, owed, or has siblings running, is kept. */
final class Retirement {

  private final Book book;
  private final SimulatedHost host;
  private final Deliveries deliveries;

  Retirement(Book book, SimulatedHost host, Deliveries deliveries) {
    this.book = book;
    this.host = host;
    this.deliveries = deliveries;
  }

  /** A task is about to be only retained, or forgotten altogether. */
  void check(Task task) {
    if (!task.status().terminal()) {
      throw new BrokenPromise("P7: retired a live task: " + task);
    }
    if (host.find(task.parent()) == null) {
      return;
    }
    if (!deliveries.told(task.id())) {
      throw new BrokenPromise("P7: retired before its parent was told: " + task);
    }
    if (deliveries.closed(task.id()) || deliveries.excused(task.id())) {
      return;
    }
    for (TaskId id : book.ofParent(task.parent())) {
      Task sibling = book.find(id);
      boolean live = sibling != null && !sibling.status().terminal() && !book.forgotten(id);
      if (live && sibling.createdMillis() < task.settledMillis()) {
        throw new BrokenPromise(
            "P7: retired " + task + " while its sibling still runs: " + sibling);
      }
    }
  }
}
