package dev.sideline.background.engine;

import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.InFlightNotification;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Puts back what is recorded as it was, and has {@link Resumption} go on with it. */
final class Restoration {

  private static final Comparator<RecordedTask> BY_LAUNCH =
      Comparator.comparing(RecordedTask::task, Task.BY_LAUNCH);

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final Requests requests;
  private final NotificationPolicy notifications;
  private final Resumption resumption;

  Restoration(
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      Requests requests,
      NotificationPolicy notifications,
      Resumption resumption) {
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.requests = requests;
    this.notifications = notifications;
    this.resumption = resumption;
  }

  void run(Recorded recorded) {
    registry.restoreAccounts(recorded.accounts());
    registry.numberAfter(recorded.lastNumber());
    List<Task> finished = finished(recorded.tasks());
    // What has no room in memory is known until all is put back.
    registry.recalled().begin(finished);
    archive.restore(finished, recorded.more());
    Map<MessageKey, MessageRow> messages = new HashMap<>();
    recorded.messages().forEach(message -> messages.put(message.key(), message));
    unit.each(unfinished(recorded.tasks()), task -> restore(task, messages));
    registry.parents().forEach(ParentSession::countLive);
    unit.each(recorded.meters(), this::restore);
    unit.each(registry.parents(), this::closeIfEnded);
    Map<String, NoticeRow> owed = new HashMap<>();
    recorded.owed().forEach(notice -> owed.put(notice.parent(), notice));
    unit.each(registry.parents(), parent -> restoreNotices(parent, owed.remove(parent.session())));
    // What they tell of is not here any more.
    owed.values().forEach(notice -> unit.deliver(notice.messageId()));
    resumption.run();
  }

  // --- tasks

  private static List<Task> finished(List<RecordedTask> tasks) {
    return tasks.stream()
        .filter(Restoration::isFinished)
        .map(RecordedTask::task)
        .sorted(Task.BY_END)
        .toList();
  }

  private static List<RecordedTask> unfinished(List<RecordedTask> tasks) {
    return tasks.stream().filter(task -> !isFinished(task)).sorted(BY_LAUNCH).toList();
  }

  private static boolean isFinished(RecordedTask recorded) {
    Handling.End end = recorded.handling().end();
    return end != null && end.told() == Handling.Told.CLOSED;
  }

  private void restore(RecordedTask recorded, Map<MessageKey, MessageRow> messages) {
    TaskId task = recorded.task().id();
    archive.note(recorded.task());
    LiveTask live =
        registry.restore(recorded, number -> messages.get(new MessageKey(task, number)));
    requests.restore(live, recorded.handling().requests());
  }

  private void restore(MeterRow recorded) {
    LiveTask live = registry.byId(recorded.task());
    if (live != null && !live.status().terminal()) {
      live.restoreMeters(recorded);
    }
  }

  // --- parents

  /** A session whose last task has not come to a good end is told nothing any more. */
  private void closeIfEnded(ParentSession parent) {
    Task last = lastTaskOf(parent.session());
    if (last == null) {
      return;
    }
    boolean ended = last.status().terminal() && last.status() != TaskStatus.COMPLETED;
    if (ended || last.status() == TaskStatus.CANCELLING) {
      parent.close();
    }
  }

  /** The last task that has worked in a session, or does; null if that is none's. */
  private @Nullable Task lastTaskOf(String session) {
    LiveTask own = registry.bySession(session);
    if (own == null) {
      return registry.lastFinishedOf(session);
    }
    TaskId before = own.record().provenance().resumes();
    boolean waits = own.status() == TaskStatus.PENDING;
    return waits && before != null ? registry.find(before) : own.record();
  }

  private void restoreNotices(ParentSession parent, @Nullable NoticeRow owed) {
    List<LiveTask> ended = new ArrayList<>();
    for (LiveTask live : parent.members()) {
      if (live.status().terminal()) {
        ended.add(live);
      } else if (live.needsAttention()) {
        notifications.onAttentionRequested(live);
      }
    }
    ended.sort(Comparator.comparingLong(LiveTask::placeAmongEnded));
    NotificationBatch batch = owed == null ? null : batchOf(owed, ended);
    boolean isUnderWay = owed != null && batch != null && !wasPutOff(owed, batch);
    NotificationBatch underWay = isUnderWay ? batch : null;
    ended.forEach(live -> parent.pending().restore(live, underWay, unit.now()));
    if (owed != null && underWay != null) {
      Notice notice =
          underWay.notice(parent.session(), owed.messageId(), owed.stillRunning(), owed.wake());
      notifications.resume(parent, InFlightNotification.restored(notice, underWay));
    } else if (owed != null) {
      unit.deliver(owed.messageId());
    }
    notifications.advanceLater(parent);
  }

  /** What a notice tells of that is still here; null if that is nothing. */
  private @Nullable NotificationBatch batchOf(NoticeRow owed, List<LiveTask> ended) {
    List<LiveTask> finished = here(owed.finished());
    boolean last = !finished.isEmpty();
    NotificationBatch batch =
        new NotificationBatch(
            last,
            here(owed.announced()),
            finished,
            here(owed.attention()),
            last
                ? ended.stream().filter(live -> live.told() == Handling.Told.ASLEEP).toList()
                : List.of(),
            unit.now());
    return batch.isEmpty() ? null : batch;
  }

  /**
   * Whether a notice was not sent because its parent was at work: then what it was to announce is
   * to be told again, or was read meanwhile.
   */
  private static boolean wasPutOff(NoticeRow owed, NotificationBatch batch) {
    boolean wakes = batch.last() || owed.wake();
    return batch.announced().stream()
        .anyMatch(live -> wakes != (live.told() == Handling.Told.UNTOLD));
  }

  private List<LiveTask> here(List<TaskId> ids) {
    return ids.stream().map(registry::byId).filter(Objects::nonNull).toList();
  }
}
