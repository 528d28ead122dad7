package dev.sideline.background.simulation;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** P4: what parents have been told, and what they should have been. */
final class NotificationInvariants {

  /** Whether a parent is to be told of a task. */
  private enum Due {
    YES,
    NO,
    /** Its parent was stopped, or had gone; or nobody has launched the task. */
    EITHER
  }

  private static final String IN_ANSWER = "an answer";

  private final Map<String, Notice> sent = new HashMap<>();
  private final Map<TaskId, Task> settled = new LinkedHashMap<>();
  private final Map<TaskId, String> announcedBy = new HashMap<>();
  private final Map<TaskId, String> closedBy = new HashMap<>();

  /** Those of which the host has taken a notice that wakes, or that tells that all have ended. */
  private final Set<TaskId> wokenFor = new HashSet<>();

  private final Set<TaskId> closingTaken = new HashSet<>();
  private final Set<TaskId> announcementTaken = new HashSet<>();

  /** Those that a notice was to announce, whether or not it has got through. */
  private final Set<TaskId> everAnnounced = new HashSet<>();

  private final Map<TaskId, String> cancelledBy = new HashMap<>();
  private final Set<TaskId> read = new HashSet<>();
  private final Set<TaskId> cleared = new HashSet<>();
  private final Set<TaskId> enough = new HashSet<>();
  private final Set<TaskId> excused = new HashSet<>();

  /** Notices that were sent without an agent and a model. */
  private final Set<String> plain = new HashSet<>();

  private boolean shutDown;

  void settled(Task task) {
    settled.put(task.id(), task);
    if (shutDown) {
      excused.add(task.id());
    }
  }

  /** From now on, parents need not be told of what ends. */
  void shutDown() {
    shutDown = true;
  }

  /**
   * What is not recorded of what parents have read, or do not want to be told, is not known any
   * more: answers that promise nothing may be given once more. What has arrived in their sessions
   * stays there.
   */
  void crashed(LastRecord record, TaskHistory history) {
    settled.keySet().removeIf(id -> record.isLive(id) || history.find(id) == null);
    cancelledBy.keySet().removeIf(id -> isAtWork(record.task(id)));
    read.removeIf(record::isUntold);
    cleared.removeIf(record::isUntold);
    enough.removeIf(record::isUntold);
    for (RecordedTask recorded : record.tasks()) {
      TaskId id = recorded.task().id();
      if (record.isUntold(id) && IN_ANSWER.equals(announcedBy.get(id))) {
        announcedBy.remove(id);
        closedBy.remove(id);
        closingTaken.remove(id);
        announcementTaken.remove(id);
      }
    }
  }

  private static boolean isAtWork(@Nullable Task recorded) {
    return recorded != null
        && !recorded.status().terminal()
        && recorded.status() != TaskStatus.CANCELLING;
  }

  /** A session has had a live task told to stop. */
  void cancelled(TaskId task, String by) {
    cancelledBy.putIfAbsent(task, by);
  }

  /** A task's parent may not be there any more, or may not want to know. */
  void excuse(TaskId task) {
    excused.add(task);
  }

  /** A caller has an answer that it had waited for. */
  void read(String caller, Answer answer) {
    if (answer instanceof Answer.Shown shown) {
      for (Answer.View view : shown.tasks()) {
        if (view.task().status().terminal() && view.task().parent().equals(caller)) {
          read.add(view.task().id());
        }
      }
    } else if (answer instanceof Answer.CaughtUp told) {
      told.ended().forEach(task -> toldInAnswer(task.id()));
    }
  }

  private void toldInAnswer(TaskId task) {
    String before = announcedBy.put(task, IN_ANSWER);
    if (before != null) {
      throw new BrokenPromise("P4: " + task + " was announced by " + before + " and in an answer");
    }
    if (due(task) == Due.NO) {
      throw new BrokenPromise("P4: its parent was told what it need not be: " + task);
    }
    closedBy.put(task, IN_ANSWER);
    closingTaken.add(task);
    announcementTaken.add(task);
  }

  void cleared(Task task) {
    cleared.add(task.id());
  }

  /** A parent does not want to be told of a task; if it is, it need not be woken for it. */
  void enough(TaskId task) {
    enough.add(task);
  }

  /** A notice is to be sent; decided in the step that is just being taken. */
  void decided(Effect.SendNotice send) {
    Notice notice = send.notice();
    if (send.plain()) {
      plain.add(notice.messageId());
    }
    if (notice.wake() && notice.stillRunning() != 0 && notice.attention().isEmpty()) {
      throw new BrokenPromise("P4: a wake while others run: " + notice);
    }
    if (Reaches.of(notice.parent()) == Reach.ANSWERED) {
      throw new BrokenPromise("P4: a notice to whom it cannot reach: " + notice);
    }
    if (notice.wake() && Reaches.of(notice.parent()) == Reach.READ) {
      throw new BrokenPromise("P4: wakes whom it cannot: " + notice);
    }
    notice.announced().forEach(task -> decided(task, !notice.finished().isEmpty()));
  }

  /** A parent is to be told in an answer; decided in the step that is just being taken. */
  void decided(String caller, Answer.CaughtUp told) {
    if (!told.isEmpty() && Reaches.of(caller) != Reach.ANSWERED) {
      throw new BrokenPromise("P4: told in an answer who is sent notices: " + told);
    }
    told.ended().forEach(task -> decided(task, told.stillRunning() == 0));
  }

  private void decided(Task task, boolean last) {
    // One that did not get through is sent again, whatever has come in between.
    boolean again = !everAnnounced.add(task.id());
    if (!again && read.contains(task.id())) {
      throw new BrokenPromise("P4: its parent is told of what it has read: " + task);
    }
    if (!again && cleared.contains(task.id())) {
      throw new BrokenPromise("P4: its parent is told of what it has cleared: " + task);
    }
    if (!last && task.options().notification() != Notify.EACH) {
      throw new BrokenPromise("P4: its parent is told too early: " + task);
    }
  }

  void sending(Notice notice) {
    sent.put(notice.messageId(), notice);
  }

  /** The host has taken a message. */
  void accepted(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice != null) {
      notice.announced().forEach(task -> announcementTaken.add(task.id()));
      if (notice.wake()) {
        notice.announced().forEach(task -> wokenFor.add(task.id()));
      }
      notice.finished().forEach(task -> closingTaken.add(task.id()));
    }
  }

  /** A message has appeared in a session. */
  void appeared(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice == null) {
      return;
    }
    for (Task task : notice.announced()) {
      String before = announcedBy.put(task.id(), messageId);
      if (before != null && !before.equals(messageId)) {
        throw new BrokenPromise(
            "P4: " + task.id() + " was announced by " + before + " and by " + messageId);
      }
      if (due(task.id()) == Due.NO) {
        throw new BrokenPromise("P4: its parent was told what it need not be: " + task);
      }
    }
    for (Task task : notice.finished()) {
      String before = closedBy.put(task.id(), messageId);
      if (before != null && !before.equals(messageId)) {
        throw new BrokenPromise(
            "P4: " + task.id() + " was told as finished by " + before + " and by " + messageId);
      }
    }
  }

  /** The host has lost a message that it had accepted: not the plugin's to make good. */
  void lost(String messageId) {
    Notice notice = sent.get(messageId);
    if (notice != null) {
      notice.announced().forEach(task -> excused.add(task.id()));
      notice.finished().forEach(task -> excused.add(task.id()));
    }
  }

  /**
   * The host has refused a notice, which is given up if it was refused in its plainest form.
   *
   * @return whether it is
   */
  boolean refused(String messageId) {
    boolean givenUp = plain.contains(messageId);
    if (givenUp) {
      lost(messageId);
    }
    return givenUp;
  }

  private Due due(TaskId id) {
    Task task = settled.get(id);
    if (task == null || task.outcome() == null) {
      throw new BrokenPromise("P4: announced before it had ended: " + id);
    }
    Reason reason = task.outcome().reason();
    if (excused.contains(id) || task.provenance().adopted()) {
      return Due.EITHER;
    }
    if (task.options().notification() == Notify.SILENT) {
      return reason == Reason.ABANDONED ? Due.EITHER : Due.NO;
    }
    if (reason == Reason.ABANDONED) {
      return Due.YES;
    }
    boolean byParent = task.parent().equals(cancelledBy.get(id));
    return reason == Reason.SHUTDOWN || byParent ? Due.NO : Due.YES;
  }

  /** Whether a settled task's parent has been told all that it is to be told. */
  boolean told(TaskId id) {
    return due(id) != Due.YES
        || read.contains(id)
        || cleared.contains(id)
        || wokenFor.contains(id)
        || closingTaken.contains(id)
        || (enough.contains(id) && announcementTaken.contains(id));
  }

  boolean excused(TaskId id) {
    return excused.contains(id);
  }

  boolean closed(TaskId id) {
    return closingTaken.contains(id);
  }

  /** At the end of a run. */
  void checkAllTold() {
    for (Task task : settled.values()) {
      TaskId id = task.id();
      if (due(id) != Due.YES || read.contains(id) || cleared.contains(id)) {
        continue;
      }
      if (!announcedBy.containsKey(id)) {
        throw new BrokenPromise("P4: never announced: " + task);
      }
      boolean needsNoWaking = wokenFor.contains(id) || enough.contains(id);
      if (!closedBy.containsKey(id) && !needsNoWaking) {
        throw new BrokenPromise("P4: announced, but its parent was never woken: " + task);
      }
    }
  }
}
