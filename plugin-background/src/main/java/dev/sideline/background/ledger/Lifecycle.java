package dev.sideline.background.ledger;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.ledger.Entry.Ending;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves tasks through their states. Every transition of every task is made here, and only as the
 * table of {@link TaskStatus} allows.
 */
final class Lifecycle implements Announcements.Listener {

  private final Settings settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Roster roster;
  private final Waits waits;
  private final Retained retained;
  private final Supplier<String> messageIds;
  private final Admission admission;
  private final Announcements announcements;

  Lifecycle(
      Settings settings,
      Turn turn,
      Agenda agenda,
      Roster roster,
      Waits waits,
      Retained retained,
      Supplier<String> messageIds) {
    this.settings = settings;
    this.turn = turn;
    this.agenda = agenda;
    this.roster = roster;
    this.waits = waits;
    this.retained = retained;
    this.messageIds = messageIds;
    this.admission = new Admission(settings);
    this.announcements = new Announcements(turn, agenda, messageIds, this);
  }

  Announcements announcements() {
    return announcements;
  }

  int running() {
    return admission.running();
  }

  /** The place of a pending task in its parent's queue. */
  int position(Entry entry) {
    return admission.position(entry);
  }

  // --- the beginning

  /** Takes a new task, which starts at once if there is a slot for it. */
  Entry accept(Task task) {
    Entry entry = new Entry(roster.familyOf(task.lineage()), task);
    roster.add(entry);
    entry.family.live++;
    turn.touch(entry);
    publish(entry);
    admission.enqueue(entry);
    startNext();
    return entry;
  }

  private void startNext() {
    for (Entry entry = admission.next(); entry != null; entry = admission.next()) {
      entry.task = entry.task.started(turn.now());
      turn.touch(entry);
      publish(entry);
      turn.effect(new Effect.OpenSession(entry.task));
    }
  }

  /** Takes back a task that could not be recorded. One that has ended meanwhile goes its way. */
  void discard(Entry entry) {
    TaskStatus status = entry.task.status();
    if (status.terminal()) {
      return;
    }
    if (status == TaskStatus.PENDING) {
      admission.dequeue(entry);
    } else if (entry.slot != null) {
      if (status == TaskStatus.STARTING) {
        admission.hasStarted();
      }
      admission.release(entry);
    }
    entry.family.live--;
    cancelTimers(entry);
    roster.remove(entry);
    turn.forget(entry.task.id());
    waits.gone(entry);
    // It may have been the last that its siblings' wake was waiting for.
    announcements.advance(entry.family);
    startNext();
  }

  void sessionOpened(Entry entry, String session) {
    switch (entry.task.status()) {
      case STARTING -> {
        if (entry.task.session() != null) {
          return;
        }
        entry.task = entry.task.activated(session, messageIds.get());
        roster.bind(entry, session);
        turn.touch(entry);
        turn.effect(new Effect.SendPrompt(entry.task, entry.task.assignment().prompt()));
      }
      case CANCELLING -> {
        turn.effect(new Effect.DeleteSession(session));
        endStopped(entry, "", 0);
      }
      default -> turn.effect(new Effect.DeleteSession(session));
    }
  }

  void openFailed(Entry entry, String message) {
    if (entry.task.session() != null) {
      return;
    }
    switch (entry.task.status()) {
      case STARTING -> end(entry, Reason.LAUNCH_FAILED, message, "", 0);
      case CANCELLING -> endStopped(entry, "", 0);
      default -> {
        // Given up meanwhile.
      }
    }
  }

  /** The session could not be prompted: it is of no use to anybody. */
  void promptFailed(Entry entry, String message) {
    if (entry.task.session() != null) {
      turn.effect(new Effect.DeleteSession(entry.task.session()));
    }
    if (entry.task.status() == TaskStatus.CANCELLING) {
      endStopped(entry, "", 0);
    } else {
      end(entry, Reason.LAUNCH_FAILED, message, "", 0);
    }
  }

  /** The prompt was accepted. */
  void running(Entry entry) {
    admission.hasStarted();
    move(entry, TaskStatus.RUNNING);
    startNext();
  }

  // --- the middle

  /** Moves a task that is at work to another state of being so. */
  void moveActive(Entry entry, TaskStatus next) {
    if (entry.task.status().active() && entry.task.status() != next) {
      move(entry, next);
    }
  }

  private void move(Entry entry, TaskStatus next) {
    check(entry, next);
    entry.task = entry.task.withStatus(next).withProgress(entry.progress());
    turn.touch(entry);
    publish(entry);
    waits.moved(entry);
  }

  @Override
  public void woken(String session, String messageId) {
    Entry entry = roster.bySession(session);
    if (entry == null || entry.task.status().terminal()) {
      return;
    }
    if (entry.task.status() == TaskStatus.STARTING) {
      // Its agent has launched tasks, so its prompt has arrived, though we have not heard of it.
      running(entry);
    }
    // What its agent said, or complained of, before it was woken is not its last word.
    entry.task = entry.task.activated(session, messageId);
    entry.promptedMillis = turn.now();
    entry.idleSinceMillis = 0;
    entry.looks = 0;
    entry.complaint = null;
    turn.touch(entry);
    if (entry.task.status() == TaskStatus.CANCELLING) {
      turn.effect(new Effect.Abort(entry.task.id(), session));
    } else {
      inspect(entry, true);
    }
  }

  /** A task's agent has nothing to do until its own tasks have ended. */
  void waitsForOwn(Entry entry, Family own) {
    admission.lend(entry, own);
    startNext();
  }

  /** A task's agent is at work again, or will not be any more. */
  void reclaimSlot(@Nullable String session) {
    Family own = session == null ? null : roster.family(session);
    if (own != null) {
      admission.reclaim(own);
    }
  }

  @Override
  public boolean mayWork(Family family) {
    Entry own = roster.bySession(family.parent);
    if (own == null || own.slot == null) {
      return true;
    }
    // A task that was told to stop may outlive the one above it, and holds the slot until it does.
    return roster.entriesOfTree(family.parent).stream().noneMatch(below -> below.slot == own.slot);
  }

  @Override
  public void allEnded(Family family) {
    admission.reclaim(family);
  }

  @Override
  public void quiet(String session) {
    Entry entry = roster.bySession(session);
    if (entry != null && entry.task.status().active()) {
      inspect(entry, true);
    }
  }

  /** Has a look taken at a session. */
  void inspect(Entry entry, boolean withStatus) {
    String session = Objects.requireNonNull(entry.task.session());
    String promptId = Objects.requireNonNull(entry.task.promptId());
    entry.looking = true;
    entry.lookedMillis = turn.now();
    turn.effect(
        new Effect.Inspect(
            entry.task.id(), entry.task.activation(), session, promptId, withStatus));
  }

  @Override
  public void emptied(Family family) {
    roster.removeIfEmpty(family);
  }

  // --- the end

  /** Has a task stop, and everything that its session has launched. */
  void stop(Entry entry, Ending ending) {
    TaskStatus status = entry.task.status();
    if (status.terminal() || status == TaskStatus.CANCELLING) {
      return;
    }
    entry.ending = ending;
    if (status == TaskStatus.PENDING) {
      admission.dequeue(entry);
      endStopped(entry, "", 0);
      return;
    }
    if (status == TaskStatus.STARTING) {
      admission.hasStarted();
    }
    // It is told to stop at short intervals, whatever it was waited for until now.
    entry.looks = 0;
    move(entry, TaskStatus.CANCELLING);
    entry.graceEnd =
        agenda.at(turn.now() + settings.sessions().cancelGrace().toMillis(), () -> abandon(entry));
    String session = entry.task.session();
    if (session != null) {
      if (status.active()) {
        turn.effect(new Effect.Abort(entry.task.id(), session));
      }
      closeBelow(session, true);
    }
    startNext();
  }

  /**
   * Closes the families of the tree below a session that has come to its end: nobody of them is
   * told anything any more, lest it begin to work again.
   */
  private void closeBelow(String session, boolean stopRunning) {
    if (stopRunning) {
      roster.familiesOfTree(session).forEach(family -> close(family, true));
      return;
    }
    // Those below it go on, and so theirs report to them.
    Family own = roster.family(session);
    if (own != null) {
      close(own, false);
    }
  }

  private void close(Family family, boolean stopRunning) {
    family.gone = true;
    admission.reclaim(family);
    announcements.drop(family);
    List<Entry> settled = new ArrayList<>();
    for (Entry entry : new ArrayList<>(family.members)) {
      if (entry.task.status().terminal()) {
        settled.add(entry);
      } else if (stopRunning) {
        stop(entry, new Ending(Reason.PARENT_GONE, "the session that launched it has ended", null));
      }
    }
    retire(settled);
  }

  private void abandon(Entry entry) {
    String detail =
        "its session did not become quiet within "
            + settings.sessions().cancelGrace().toSeconds()
            + " s and may still be working";
    settle(entry, new Outcome(Reason.ABANDONED, detail, "", 0));
  }

  /** A task that was told to stop is quiet. */
  void endStopped(Entry entry, String text, long textDropped) {
    Ending ending = entry.ending;
    if (ending == null) {
      throw new IllegalStateException("no one has stopped " + entry.task.id());
    }
    settle(entry, new Outcome(ending.reason(), ending.detail(), text, textDropped));
  }

  /** A task has come to its end by itself. */
  void end(Entry entry, Reason reason, @Nullable String detail, String text, long textDropped) {
    settle(entry, new Outcome(reason, detail, text, textDropped));
  }

  private void settle(Entry entry, Outcome outcome) {
    TaskStatus before = entry.task.status();
    check(entry, outcome.status());
    Family family = entry.family;
    Progress last = entry.progress();
    entry.task = entry.task.settled(outcome, turn.now(), last);
    turn.touch(entry);
    publish(entry);
    cancelTimers(entry);
    entry.forgetWork();
    family.live--;
    if (before == TaskStatus.STARTING) {
      admission.hasStarted();
    }
    if (entry.slot != null) {
      admission.release(entry);
    }
    waits.moved(entry);
    String session = entry.task.session();
    reclaimSlot(session);
    if (session != null && outcome.status() != TaskStatus.COMPLETED) {
      closeBelow(session, outcome.reason() != Reason.SESSION_DELETED || cancelsOrphans());
    }
    if (family.gone) {
      retire(List.of(entry));
    } else {
      announcements.ended(entry, wantsNotice(entry));
    }
    if (entry.slot != null) {
      wakeAbove(entry);
    }
    startNext();
  }

  /** Wakes those that have been waiting for a task below to let go of their slot. */
  private void wakeAbove(Entry entry) {
    for (String session : entry.task.lineage()) {
      Family family = roster.family(session);
      if (family != null && family.live == 0) {
        announcements.advance(family);
      }
    }
  }

  private static boolean wantsNotice(Entry entry) {
    Ending ending = entry.ending;
    if (ending == null) {
      return true;
    }
    // Whoever has stopped it has the answer of that call. That it may still work is news.
    boolean stoppedByParent = entry.family.parent.equals(ending.by());
    boolean abandoned =
        entry.task.outcome() != null && entry.task.outcome().reason() == Reason.ABANDONED;
    return ending.reason() != Reason.SHUTDOWN && (!stoppedByParent || abandoned);
  }

  @Override
  public void retire(List<Entry> entries) {
    List<Entry> bySettling = new ArrayList<>(entries);
    bySettling.sort(Comparator.comparingLong(entry -> entry.task.settledMillis()));
    for (Entry entry : bySettling) {
      roster.remove(entry);
      // Of a family whose parent has gone, only the sessions above can still read.
      if (entry.family.gone && entry.task.lineage().size() == 1) {
        turn.forget(entry.task.id());
      } else {
        turn.forget(retained.add(entry.task));
      }
    }
  }

  /** Drops the settled tasks that have been readable for as long as they may. */
  void expireRetained() {
    turn.forget(retained.expire());
  }

  /** A session was deleted: what it had launched ends, by policy, and what has ended is dropped. */
  void parentDeleted(String session) {
    for (Task task : retained.ofTree(session)) {
      if (task.parent().equals(session)) {
        retained.remove(task.id());
        turn.forget(task.id());
      }
    }
    Family family = roster.family(session);
    if (family == null || family.gone) {
      return;
    }
    close(family, cancelsOrphans());
  }

  private boolean cancelsOrphans() {
    return settings.sessions().onParentDeleted() == OnParentDeleted.CANCEL;
  }

  private void cancelTimers(Entry entry) {
    if (entry.nextLook != null) {
      agenda.cancel(entry.nextLook);
      entry.nextLook = null;
    }
    if (entry.graceEnd != null) {
      agenda.cancel(entry.graceEnd);
      entry.graceEnd = null;
    }
  }

  private static void check(Entry entry, TaskStatus next) {
    TaskId id = entry.task.id();
    if (!entry.task.status().canMoveTo(next)) {
      throw new IllegalStateException(
          id + " cannot move from " + entry.task.status() + " to " + next);
    }
  }

  private void publish(Entry entry) {
    Task task = entry.task;
    turn.effect(
        new Effect.Publish(
            new PluginEvent.TaskChanged(
                task.id().value(),
                task.parent(),
                task.root(),
                task.session(),
                task.assignment().description(),
                task.status().wireName(),
                task.outcome() == null ? null : task.outcome().reason().wireName())));
  }
}
