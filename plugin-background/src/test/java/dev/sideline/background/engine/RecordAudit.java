package dev.sideline.background.engine;

import dev.sideline.background.engine.model.Account;
import dev.sideline.background.engine.model.InFlightNotification;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications;
import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.InFlightAnswers;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.engine.protocol.Handling;
import dev.sideline.background.engine.protocol.Handling.End;
import dev.sideline.background.engine.protocol.Handling.Told;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.TaskId;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Audits what a restart would load against what an engine knows. What a restart would load is put
 * together from the changes of all steps, recorded or not: that they are recorded in time is
 * another matter.
 *
 * <p>What parents were told is worked out anew from what they are still to be told and what is
 * under way to them.
 */
@SuppressWarnings("unchecked") // As the fields are declared.
public final class RecordAudit {

  private final Map<TaskId, TaskStateRow> recorded = new HashMap<>();
  private final Set<MessageKey> messages = new HashSet<>();
  private final Map<String, AccountRow> accounts = new HashMap<>();
  private final TaskRegistry registry;
  private final Collection<LiveTask> entries;
  private final Map<Long, Object> answers;

  /** Of an engine that has begun with what was recorded, and is just being used on this thread. */
  public RecordAudit(TaskEngine engine, Recorded begun) {
    begun
        .tasks()
        .forEach(
            task ->
                recorded.put(
                    task.task().id(),
                    TaskStateRow.of(task.task(), task.version(), task.handling())));
    begun.messages().forEach(message -> messages.add(message.key()));
    begun.accounts().forEach(account -> accounts.put(account.session(), account));
    this.registry = (TaskRegistry) EngineAudit.read(engine, "registry");
    this.entries = ((Map<?, LiveTask>) EngineAudit.read(registry, "byId")).values();
    InFlightAnswers inFlight =
        (InFlightAnswers)
            EngineAudit.read(EngineAudit.read(engine, "notifications"), "answersInFlight");
    this.answers = (Map<Long, Object>) EngineAudit.read(inFlight, "answers");
  }

  /** Takes what a step changes. */
  public void record(Changes changes) {
    changes.created().forEach(row -> recorded.put(row.id(), row.state()));
    changes.moved().forEach(row -> recorded.computeIfPresent(row.task(), (id, before) -> row));
    changes.forgotten().forEach(recorded::remove);
    changes.ended().forEach(row -> messages.removeIf(key -> key.task().equals(row.task())));
    changes.messages().forEach(row -> messages.add(row.key()));
    changes.messagesGone().forEach(messages::remove);
    changes.accounts().forEach(row -> accounts.put(row.session(), row));
    changes.accountsGone().forEach(accounts::remove);
  }

  /**
   * Audits them.
   *
   * @throws IllegalStateException if they differ
   */
  public void audit() {
    Map<ParentSession, Underway> underway = new HashMap<>();
    for (LiveTask live : entries) {
      TaskStateRow row = recorded.get(live.record().id());
      check(live, "is not recorded", row != null, "");
      audit(live, Objects.requireNonNull(row));
      Handling handling = live.handling();
      check(live, "was handled otherwise", handling.equals(row.handling()), row);
      auditMessages(live);
      Underway of = underway.computeIfAbsent(live.parent(), this::underwayTo);
      End end = row.handling().end();
      Told told = of.told(live);
      check(live, "was told " + told, told == (end == null ? null : end.told()), row);
    }
    underway.forEach(RecordAudit::auditOrder);
    registry.parents().forEach(parent -> audit(parent.account()));
    for (TaskStateRow row : recorded.values()) {
      End end = row.handling().end();
      boolean gone = row.status().terminal() && registry.byId(row.task()) == null;
      if (gone && (end == null || end.told() != Told.CLOSED)) {
        throw new IllegalStateException("the record differs: it is not closed: " + row);
      }
    }
  }

  /**
   * What is still to be told, or may have to be told again, is kept; nothing else of a live task.
   */
  private void auditMessages(LiveTask live) {
    if (live.status().terminal()) {
      return;
    }
    TaskId id = live.record().id();
    Set<Long> then = new HashSet<>();
    messages.stream().filter(key -> key.task().equals(id)).forEach(key -> then.add(key.number()));
    Set<Long> now = new HashSet<>();
    if (live.hasMessages()) {
      for (Object kept : (List<?>) EngineAudit.ask(live.queue(), "kept")) {
        now.add((Long) EngineAudit.ask(kept, "number"));
      }
    }
    check(live, "has other messages to be told, " + now, now.equals(then), then);
  }

  private void audit(Account account) {
    AccountRow now = account.row();
    AccountRow then =
        accounts.getOrDefault(now.session(), new Account(now.session(), new UnitOfWork()).row());
    if (!now.equals(then)) {
      throw new IllegalStateException("the record differs: it is " + now + ", not " + then);
    }
  }

  /** How much it has used is recorded when something else of it is. */
  private static void audit(LiveTask live, TaskStateRow row) {
    TaskStateRow now = TaskStateRow.of(live.record().withProgress(Progress.NONE), row.version());
    TaskStateRow then =
        new TaskStateRow(
            row.task(),
            row.version(),
            row.status(),
            row.session(),
            row.activation(),
            row.promptId(),
            row.model(),
            row.startedMillis(),
            row.settledMillis(),
            Progress.NONE,
            Handling.NONE);
    check(live, "stands otherwise", now.equals(then), row);
  }

  private static void auditOrder(ParentSession parent, Underway of) {
    long last = 0;
    for (LiveTask live : of.ended) {
      End end = live.handling().end();
      check(live, "ended after another", end != null && end.place() > last, "");
      last = Objects.requireNonNull(end).place();
    }
  }

  private static void check(LiveTask live, String what, boolean same, Object row) {
    if (!same) {
      throw new IllegalStateException(
          "the record differs: "
              + live.record()
              + " "
              + what
              + " "
              + live.handling()
              + ", not "
              + row);
    }
  }

  private Underway underwayTo(ParentSession parent) {
    PendingNotifications pending = parent.pending();
    Set<LiveTask> untold = new HashSet<>();
    untold.addAll((Collection<LiveTask>) EngineAudit.read(pending, "unannounced"));
    untold.addAll((Collection<LiveTask>) EngineAudit.read(pending, "announcedLast"));
    Set<LiveTask> asleep =
        new HashSet<>((Collection<LiveTask>) EngineAudit.read(pending, "toldAsleep"));
    InFlightNotification notice = parent.inFlight();
    if (notice != null) {
      if (notice.batch().last() || notice.wakes()) {
        untold.addAll(notice.batch().announced());
      }
      asleep.addAll(notice.batch().toldAsleep());
    }
    for (Object answer : answers.values()) {
      NotificationBatch told = (NotificationBatch) EngineAudit.read(answer, "told");
      if (told != null && EngineAudit.read(answer, "parent") == parent) {
        untold.addAll(told.announced());
      }
    }
    return new Underway((List<LiveTask>) EngineAudit.read(pending, "ended"), untold, asleep);
  }

  /** What a parent is still to be told, or is being told. */
  private record Underway(List<LiveTask> ended, Set<LiveTask> untold, Set<LiveTask> asleep) {

    @Nullable Told told(LiveTask live) {
      if (!live.status().terminal()) {
        return null;
      }
      if (asleep.contains(live)) {
        return Told.ASLEEP;
      }
      return untold.contains(live) ? Told.UNTOLD : Told.KNOWN;
    }
  }
}
