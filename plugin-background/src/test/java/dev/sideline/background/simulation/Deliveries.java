package dev.sideline.background.simulation;

import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** What parents have been told, and what they should have been (P4). */
final class Deliveries {

  private final Map<String, Notice> sent = new HashMap<>();
  private final Set<TaskId> lost = new HashSet<>();
  private final Map<TaskId, String> announcedBy = new HashMap<>();
  private final Map<TaskId, String> wokenBy = new HashMap<>();
  private final Set<TaskId> takenWake = new HashSet<>();
  private final Map<TaskId, Task> settled = new LinkedHashMap<>();
  private final Set<TaskId> atShutdown = new HashSet<>();
  private boolean shutDown;
  private final Map<TaskId, String> cancelledBy = new HashMap<>();

  void settled(Task task) {
    settled.put(task.id(), task);
    if (shutDown) {
      atShutdown.add(task.id());
    }
  }

  /** From now on, parents need not be told of what ends. */
  void shutDown() {
    shutDown = true;
  }

  /** A session has had a live task told to stop. */
  void cancelled(TaskId task, String by) {
    cancelledBy.putIfAbsent(task, by);
  }

  void sending(Notice notice) {
    if (notice.wake() && notice.stillRunning() != 0) {
      throw new BrokenPromise("P4: a wake while others run: " + notice);
    }
    sent.put(notice.messageId(), notice);
  }

  /** The host has taken a message. */
  void accepted(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice != null && notice.wake()) {
      notice.finished().forEach(task -> takenWake.add(task.id()));
    }
  }

  /** A message has appeared in a session. */
  void appeared(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice != null) {
      count(messageId, notice);
    }
  }

  /** The host has lost a message that it had accepted: not the plugin's to make good. */
  void lost(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice != null) {
      notice.announced().forEach(task -> lost.add(task.id()));
      notice.finished().forEach(task -> lost.add(task.id()));
    }
  }

  private void count(String messageId, Notice notice) {
    for (Task task : notice.announced()) {
      String before = announcedBy.put(task.id(), messageId);
      if (before != null && !before.equals(messageId)) {
        throw new BrokenPromise(
            "P4: " + task.id() + " was announced by " + before + " and by " + messageId);
      }
      if (!wanted(task.id())) {
        throw new BrokenPromise("P4: its parent was told of what it has done itself: " + task);
      }
    }
    if (notice.wake()) {
      for (Task task : notice.finished()) {
        String before = wokenBy.put(task.id(), messageId);
        if (before != null && !before.equals(messageId)) {
          throw new BrokenPromise(
              "P4: " + task.parent() + " was woken twice for " + task.id() + ": " + messageId);
        }
      }
    }
  }

  private boolean wanted(TaskId id) {
    Task task = settled.get(id);
    if (task == null || task.outcome() == null) {
      throw new BrokenPromise("P4: announced before it had ended: " + id);
    }
    Reason reason = task.outcome().reason();
    return reason == Reason.ABANDONED
        || (reason != Reason.SHUTDOWN && !task.parent().equals(cancelledBy.get(id)));
  }

  /** Whether a settled task's parent has been told all that it is to be told. */
  boolean told(TaskId id) {
    return !wanted(id) || atShutdown.contains(id) || takenWake.contains(id);
  }

  /**
   * At the end of a run.
   *
   * @param reachable whether a session exists, and is not that of a task that has failed or was
   *     cancelled
   */
  void checkAllTold(Predicate<String> reachable) {
    for (Task task : settled.values()) {
      boolean owed = reachable.test(task.parent()) && wanted(task.id());
      if (!owed || atShutdown.contains(task.id()) || lost.contains(task.id())) {
        continue;
      }
      if (!announcedBy.containsKey(task.id())) {
        throw new BrokenPromise("P4: never announced: " + task);
      }
      if (!wokenBy.containsKey(task.id())) {
        throw new BrokenPromise("P4: announced, but its parent was never woken: " + task);
      }
    }
  }
}
