package dev.sideline.background.ledger;

import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.background.ledger.Entry.Ending;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Moves tasks through their states. Every transition of every task is made here, and only as the
 * table of {@link TaskStatus} allows.
 */
final class Lifecycle {

  private final Settings settings;
  private final Turn turn;
  private final Barrier barrier;
  private final Agenda agenda;
  private final Roster roster;
  private final Slots slots;
  private final Waits waits;
  private final Archive archive;
  private final Publisher publisher;
  private final AnsweredRequests answeredRequests;
  private final Announcements announcements;
  private final Followers followers;

  Lifecycle(
      Settings settings,
      Turn turn,
      Barrier barrier,
      Agenda agenda,
      Roster roster,
      Slots slots,
      Waits waits,
      Archive archive,
      Publisher publisher,
      AnsweredRequests answeredRequests,
      Supplier<String> messageIds) {
    this.settings = settings;
    this.turn = turn;
    this.barrier = barrier;
    this.agenda = agenda;
    this.roster = roster;
    this.slots = slots;
    this.waits = waits;
    this.archive = archive;
    this.publisher = publisher;
    this.answeredRequests = answeredRequests;
    this.announcements =
        new Announcements(
            settings,
            turn,
            agenda,
            messageIds,
            publisher,
            new ParentTasks(turn, roster, slots, archive, this));
    this.followers = new Followers(settings, barrier, slots, this);
  }

  Announcements announcements() {
    return announcements;
  }

  /** Does what follows from what was done, and lets those work that may. */
  void goOn() {
    boolean brokenOff;
    do {
      // A slot that has become free is for all that have waited for the same end.
      followers.goOn();
      slots.grant();
      brokenOff = false;
      for (Entry left = slots.nextBrokenOff(); left != null; left = slots.nextBrokenOff()) {
        endBrokenStart(left);
        brokenOff = true;
      }
    } while (brokenOff || followers.any());
  }

  private void endBrokenStart(Entry entry) {
    if (entry.task.status() == TaskStatus.STARTING) {
      deleteUnused(entry);
      end(entry, Reason.LAUNCH_FAILED, "Sideline ran into an error of its own");
    }
  }

  // --- the beginning

  /**
   * Takes a new task.
   *
   * @param after the tasks that have to end before it starts, as far as they have not
   * @param start what it does when it has a slot
   */
  Entry accept(Task task, List<Entry> after, Consumer<Entry> start) {
    Entry entry = new Entry(roster.familyOf(task.lineage()), task);
    add(entry);
    publisher.launched(entry);
    if (after.isEmpty()) {
      slots.ask(entry, () -> start.accept(entry));
    } else {
      followers.follow(entry, after, () -> start.accept(entry));
    }
    return entry;
  }

  /**
   * Takes a new task that cannot start, because one that it was to follow has not succeeded. It
   * ends in a step of its own: whatever follows from that must not be lost if its launch cannot be
   * recorded.
   */
  Entry doom(Task task) {
    Entry entry = new Entry(roster.familyOf(task.lineage()), task);
    add(entry);
    agenda.at(
        turn.now(),
        () -> {
          if (entry.task.status() == TaskStatus.PENDING && !entry.discarded) {
            String detail = "a task that it was to start after has not succeeded";
            end(entry, Reason.DEPENDENCY_FAILED, detail);
          }
        });
    return entry;
  }

  /** Takes a task that is at work already. */
  Entry adopt(Task task) {
    Entry entry = new Entry(roster.familyOf(task.lineage()), task);
    add(entry);
    slots.takeAnyway(entry);
    entry.prompted(turn.now());
    return entry;
  }

  private void add(Entry entry) {
    roster.add(entry);
    if (entry.task.session() != null) {
      roster.bind(entry, entry.session());
    }
    entry.family.live++;
    slots.join(entry);
    turn.touch(entry);
    hasMoved(entry);
  }

  /** Takes back a task that could not be recorded. One that has ended meanwhile goes its way. */
  void discard(Entry entry) {
    if (!entry.task.status().terminal()) {
      takeBack(entry);
      goOnWithout(entry);
    }
  }

  /** Takes back a live task; {@link #goOnWithout} comes when all are that go together. */
  void takeBack(Entry entry) {
    if (entry.task.status() == TaskStatus.STARTING) {
      slots.hasStarted();
    }
    slots.leave(entry);
    entry.family.live--;
    entry.family.account.takeBackLaunch();
    cancelTimers(entry);
    entry.discarded = true;
    roster.remove(entry);
    archive.forget(entry.task.id());
  }

  /** Does what follows from it that a task was taken back. */
  void goOnWithout(Entry entry) {
    barrier.run(() -> waits.moved(entry));
    barrier.run(() -> followers.ended(entry, false));
    // It may have been the last that its siblings' wake was waiting for.
    announcements.advance(entry.family);
  }

  /** A task has got its slot. */
  void starting(Entry entry) {
    entry.waitsFor(null);
    entry.task = entry.task.started(turn.now());
    turn.touch(entry);
    hasMoved(entry);
  }

  /** The session of a task was created. */
  void opened(Entry entry, String session) {
    roster.bind(entry, session);
  }

  /** The agent of a task is at work, whether or not that its prompt arrived was heard of. */
  void hasBegun(Entry entry) {
    if (entry.task.status() == TaskStatus.STARTING) {
      slots.hasStarted();
      move(entry, TaskStatus.RUNNING);
      if (entry.blockedCalls > 0) {
        // Its agent was at work before that was known, and waits already.
        slots.giveBack(entry);
      }
    }
  }

  /** The session of a task is about to be told something. */
  void telling(Entry entry, String messageId) {
    Family own = roster.family(entry.session());
    if (own != null) {
      own.account.sending(messageId);
    }
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
    hasMoved(entry);
    waits.moved(entry);
  }

  private void hasMoved(Entry entry) {
    entry.changedMillis = turn.now();
    publisher.moved(entry);
  }

  /** A task needs its parent, which is told. */
  void needsAttention(Entry entry) {
    turn.touch(entry);
    publisher.needsAttention(entry);
    waits.needsAttention(entry);
    announcements.needsAttention(entry);
  }

  /** Has a look taken at a session. */
  void inspect(Entry entry, boolean withStatus) {
    entry.looking = true;
    entry.lookIsOld = false;
    entry.lookedMillis = turn.now();
    turn.effect(
        new Effect.Inspect(
            entry.task.id(),
            entry.task.activation(),
            entry.session(),
            entry.task.promptId(),
            entry.firstPromptId,
            withStatus));
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
      endStopped(entry);
      return;
    }
    boolean nothingUnderWay = entry.nextTry != null;
    if (status == TaskStatus.STARTING) {
      slots.hasStarted();
    }
    // What it wanted to go on with a slot for, it is not to do any more.
    slots.withdraw(entry);
    // It is told to stop at short intervals, whatever it was waited for until now.
    entry.looks = 0;
    cancelTimers(entry);
    move(entry, TaskStatus.CANCELLING);
    entry.closeOutbox(Answer.Sent.How.TASK_STOPPING, agenda);
    roster.weigh(entry);
    beginGrace(entry);
    String session = entry.task.session();
    if (session != null) {
      if (status.active()) {
        turn.effect(new Effect.Abort(entry.task.id(), session));
      }
      closeBelow(session, true);
    }
    if (status == TaskStatus.STARTING && nothingUnderWay) {
      deleteUnused(entry);
      endStopped(entry);
    }
  }

  /** Removes the session of a task, which was never prompted for it. */
  void deleteUnused(Entry entry) {
    String session = entry.task.session();
    if (session != null && entry.task.origin().resumes() == null) {
      turn.effect(new Effect.DeleteSession(session));
    }
  }

  /**
   * Closes the families of the tree below a session that has come to its end: nobody of them is
   * told anything any more, lest it begin to work again.
   */
  private void closeBelow(String session, boolean stopRunning) {
    if (stopRunning) {
      barrier.each(roster.familiesOfTree(session), family -> close(family, true));
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
    announcements.drop(family);
    List<Entry> settled = new ArrayList<>();
    List<Entry> live = new ArrayList<>();
    for (Entry entry : family.members) {
      (entry.task.status().terminal() ? settled : live).add(entry);
    }
    if (stopRunning) {
      barrier.each(live, this::stopWithParent);
    }
    archive.retire(settled);
  }

  /** Sees to it that a task which is being stopped is not waited for for ever. */
  void keepGrace(Entry entry) {
    if (entry.graceEnd == null || !agenda.contains(entry.graceEnd)) {
      beginGrace(entry);
    }
  }

  private void stopWithParent(Entry entry) {
    stop(entry, new Ending(Reason.PARENT_GONE, "the session that launched it has ended", null));
  }

  private void beginGrace(Entry entry) {
    long grace = settings.sessions().cancelGrace().toMillis();
    cancel(entry.reminder);
    entry.reminder = agenda.at(turn.now() + grace / 2, () -> remind(entry));
    abandonAt(entry, turn.now() + grace);
  }

  /** A call of which nothing is heard may outlast the grace: its session is told once more. */
  private void remind(Entry entry) {
    entry.reminder = null;
    String session = entry.task.session();
    // Whatever is answered while it is being stopped, the next abort is on the agenda.
    boolean answerAwaited = entry.nextLook == null;
    if (entry.task.status() == TaskStatus.CANCELLING && session != null && answerAwaited) {
      turn.effect(new Effect.Abort(entry.task.id(), session));
    }
  }

  private void abandonAt(Entry entry, long millis) {
    entry.graceEnd = agenda.at(millis, () -> abandon(entry));
  }

  private void abandon(Entry entry) {
    if (turn.now() < entry.unseenUntilMillis) {
      // It may have stopped during a pause, and was told once more.
      abandonAt(entry, entry.unseenUntilMillis);
      return;
    }
    Ending ending = entry.ending;
    String why =
        ending == null || ending.reason() == Reason.CANCELLED
            ? ""
            : "it was told to stop (" + ending.reason().wireName() + "), but ";
    String detail =
        why
            + "its session did not become quiet within "
            + settings.sessions().cancelGrace().toSeconds()
            + " s and may still be working";
    settle(entry, new Outcome(Reason.ABANDONED, detail, "", 0));
  }

  /** A task that was told to stop is quiet, and has not said anything. */
  void endStopped(Entry entry) {
    endStopped(entry, "", 0);
  }

  /** A task that was told to stop is quiet. */
  void endStopped(Entry entry, String text, long textDropped) {
    Ending ending = entry.ending;
    if (ending == null) {
      throw new IllegalStateException("no one has stopped " + entry.task.id());
    }
    settle(entry, new Outcome(ending.reason(), ending.detail(), text, textDropped));
  }

  /** A task has come to its end by itself, without having said anything. */
  void end(Entry entry, Reason reason, @Nullable String detail) {
    end(entry, reason, detail, "", 0);
  }

  /** A task has come to its end by itself. */
  void end(Entry entry, Reason reason, @Nullable String detail, String text, long textDropped) {
    settle(entry, new Outcome(reason, detail, text, textDropped));
  }

  private void settle(Entry entry, Outcome outcome) {
    TaskStatus before = entry.task.status();
    check(entry, outcome.status());
    entry.book();
    entry.task = entry.task.settled(outcome, turn.now(), entry.lastProgress());
    turn.touch(entry);
    if (before == TaskStatus.STARTING) {
      slots.hasStarted();
    }
    entry.family.live--;
    wrapUp(entry);
  }

  /** Does what follows from the end of a task, unless that has been done. */
  void wrapUp(Entry entry) {
    if (entry.wrappedUp) {
      return;
    }
    // Each by itself, and once: what breaks off in one is mended there, and the others are done.
    entry.wrappedUp = true;
    barrier.run(() -> publishEnd(entry));
    barrier.run(() -> closeWork(entry));
    barrier.run(() -> waits.moved(entry));
    barrier.run(() -> closeBelow(entry));
    barrier.run(() -> tellOf(entry));
    barrier.run(() -> followers.ended(entry, entry.task.status() == TaskStatus.COMPLETED));
  }

  private void publishEnd(Entry entry) {
    hasMoved(entry);
    publisher.ended(entry);
  }

  private void closeWork(Entry entry) {
    cancelTimers(entry);
    entry.closeOutbox(Answer.Sent.How.TASK_OVER, agenda);
    for (Request request : entry.requests()) {
      answeredRequests.remember(request.asked.id());
      publisher.requestGone(entry, request, How.WITHDRAWN);
    }
    entry.closeRequests();
    if (entry.task.session() != null) {
      waits.callerStopped(entry.session());
    }
    slots.leave(entry);
    entry.forgetWork();
    roster.weigh(entry);
  }

  private void closeBelow(Entry entry) {
    String session = entry.task.session();
    if (session != null && entry.task.status() != TaskStatus.COMPLETED) {
      closeBelow(session, !entry.task.endedFor(Reason.SESSION_DELETED) || cancelsOrphans());
    }
  }

  private void tellOf(Entry entry) {
    if (entry.family.gone) {
      archive.retire(List.of(entry));
    } else {
      announcements.ended(entry, wantsNotice(entry));
    }
  }

  private static boolean wantsNotice(Entry entry) {
    Ending ending = entry.ending;
    if (ending == null) {
      return true;
    }
    // Whoever has stopped it has the answer of that call. That it may still work is news.
    boolean stoppedByParent = entry.family.parent.equals(ending.by());
    return ending.reason() != Reason.SHUTDOWN
        && (!stoppedByParent || entry.task.endedFor(Reason.ABANDONED));
  }

  // --- the session above

  /** A session was deleted: what it had launched ends, by policy, and what has ended is dropped. */
  void parentDeleted(String session) {
    archive.clearOwn(session);
    roster.closeAccount(session);
    Family family = roster.family(session);
    if (family != null && !family.gone) {
      close(family, cancelsOrphans());
    }
  }

  private boolean cancelsOrphans() {
    return settings.sessions().onParentDeleted() == OnParentDeleted.CANCEL;
  }

  /** Somebody has stopped a session in the host, which is not a task's. */
  void parentInterrupted(String session) {
    OnParentInterrupted policy = settings.sessions().onParentInterrupted();
    if (policy == OnParentInterrupted.LEAVE) {
      return;
    }
    Ending stopped =
        new Ending(Reason.CANCELLED, "the session that launched it was stopped", session);
    Family own = roster.family(session);
    if (policy == OnParentInterrupted.CANCEL) {
      barrier.each(roster.entriesOfTree(session), entry -> stop(entry, stopped));
    } else if (own != null) {
      for (Entry entry : own.members) {
        entry.silenced = true;
        own.news.clear(entry);
      }
      announcements.advance(own);
    }
  }

  private void cancelTimers(Entry entry) {
    cancel(entry.nextLook);
    entry.nextLook = null;
    cancel(entry.graceEnd);
    entry.graceEnd = null;
    cancel(entry.reminder);
    entry.reminder = null;
  }

  private void cancel(Agenda.@Nullable Item item) {
    if (item != null) {
      agenda.cancel(item);
    }
  }

  private static void check(Entry entry, TaskStatus next) {
    TaskId id = entry.task.id();
    if (!entry.task.status().canMoveTo(next)) {
      throw new IllegalStateException(
          id + " cannot move from " + entry.task.status() + " to " + next);
    }
  }
}
