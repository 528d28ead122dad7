package dev.sideline.background.engine;

import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.background.engine.LiveTask.Ending;
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
  private final UnitOfWork unit;
  private final Barrier barrier;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Slots slots;
  private final WaitingCalls waitingCalls;
  private final Archive archive;
  private final Publisher publisher;
  private final AnsweredRequests answeredRequests;
  private final NotificationPolicy notifications;
  private final Followers followers;

  Lifecycle(
      Settings settings,
      UnitOfWork unit,
      Barrier barrier,
      Timers timers,
      TaskRegistry registry,
      Slots slots,
      WaitingCalls waitingCalls,
      Archive archive,
      Publisher publisher,
      AnsweredRequests answeredRequests,
      Supplier<String> messageIds) {
    this.settings = settings;
    this.unit = unit;
    this.barrier = barrier;
    this.timers = timers;
    this.registry = registry;
    this.slots = slots;
    this.waitingCalls = waitingCalls;
    this.archive = archive;
    this.publisher = publisher;
    this.answeredRequests = answeredRequests;
    this.notifications =
        new NotificationPolicy(
            settings,
            unit,
            timers,
            messageIds,
            publisher,
            new ParentTasks(unit, registry, slots, archive, this));
    this.followers = new Followers(settings, barrier, slots, this);
  }

  NotificationPolicy notifications() {
    return notifications;
  }

  /** Does what follows from what was done, and lets those work that may. */
  void settleAndGrant() {
    boolean brokenOff;
    do {
      // A slot that has become free is for all that have waited for the same end.
      followers.drain();
      slots.grant();
      brokenOff = false;
      for (LiveTask left = slots.nextBrokenOff(); left != null; left = slots.nextBrokenOff()) {
        endBrokenStart(left);
        brokenOff = true;
      }
    } while (brokenOff || followers.any());
  }

  private void endBrokenStart(LiveTask live) {
    if (live.task.status() == TaskStatus.STARTING) {
      deleteUnused(live);
      end(live, Reason.LAUNCH_FAILED, "Sideline ran into an error of its own");
    }
  }

  // --- the beginning

  /**
   * Takes a new task.
   *
   * @param after the tasks that have to end before it starts, as far as they have not
   * @param start what it does when it has a slot
   */
  LiveTask accept(Task task, List<LiveTask> after, Consumer<LiveTask> start) {
    LiveTask live = new LiveTask(registry.parentOf(task.ancestors()), task);
    add(live);
    publisher.launched(live);
    if (after.isEmpty()) {
      slots.acquire(live, () -> start.accept(live));
    } else {
      followers.follow(live, after, () -> start.accept(live));
    }
    return live;
  }

  /**
   * Takes a new task that cannot start, because one that it was to follow has not succeeded. It
   * ends in a step of its own: whatever follows from that must not be lost if its launch cannot be
   * recorded.
   */
  LiveTask acceptFailed(Task task) {
    LiveTask live = new LiveTask(registry.parentOf(task.ancestors()), task);
    add(live);
    timers.at(
        unit.now(),
        () -> {
          if (live.task.status() == TaskStatus.PENDING && !live.discarded) {
            String detail = "a task that it was to start after has not succeeded";
            end(live, Reason.DEPENDENCY_FAILED, detail);
          }
        });
    return live;
  }

  /** Takes a task that is at work already. */
  LiveTask adopt(Task task) {
    LiveTask live = new LiveTask(registry.parentOf(task.ancestors()), task);
    add(live);
    slots.acquireForced(live);
    live.prompted(unit.now());
    return live;
  }

  private void add(LiveTask live) {
    registry.add(live);
    if (live.task.session() != null) {
      registry.bind(live, live.session());
    }
    live.parent.liveTasks++;
    slots.join(live);
    unit.markDirty(live);
    hasMoved(live);
  }

  /** Takes back a task that could not be recorded. One that has ended meanwhile goes its way. */
  void discard(LiveTask live) {
    if (!live.task.status().terminal()) {
      takeBack(live);
      onDiscarded(live);
    }
  }

  /** Takes back a live task; {@link #onDiscarded} comes when all are that go together. */
  void takeBack(LiveTask live) {
    if (live.task.status() == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    slots.leave(live);
    live.parent.liveTasks--;
    live.parent.account.takeBackLaunch();
    cancelTimers(live);
    live.discarded = true;
    registry.remove(live);
    archive.forget(live.task.id());
  }

  /** Does what follows from it that a task was taken back. */
  void onDiscarded(LiveTask live) {
    barrier.run(() -> waitingCalls.moved(live));
    barrier.run(() -> followers.ended(live, false));
    // It may have been the last that its siblings' wake was waiting for.
    notifications.advance(live.parent);
  }

  /** A task has got its slot. */
  void starting(LiveTask live) {
    live.waitsFor(null);
    live.task = live.task.started(unit.now());
    unit.markDirty(live);
    hasMoved(live);
  }

  /** The session of a task was created. */
  void opened(LiveTask live, String session) {
    registry.bind(live, session);
  }

  /** The agent of a task is at work, whether or not that its prompt arrived was heard of. */
  void onStarted(LiveTask live) {
    if (live.task.status() == TaskStatus.STARTING) {
      slots.onLeftStarting();
      move(live, TaskStatus.RUNNING);
      if (live.blockedCalls > 0) {
        // Its agent was at work before that was known, and waits already.
        slots.release(live);
      }
    }
  }

  /** The session of a task is about to be told something. */
  void telling(LiveTask live, String messageId) {
    ParentSession own = registry.parent(live.session());
    if (own != null) {
      own.account.sending(messageId);
    }
  }

  // --- the middle

  /** Moves a task that is at work to another state of being so. */
  void moveActive(LiveTask live, TaskStatus next) {
    if (live.task.status().active() && live.task.status() != next) {
      move(live, next);
    }
  }

  private void move(LiveTask live, TaskStatus next) {
    check(live, next);
    live.task = live.task.withStatus(next).withProgress(live.progress());
    unit.markDirty(live);
    hasMoved(live);
    waitingCalls.moved(live);
  }

  private void hasMoved(LiveTask live) {
    live.changedMillis = unit.now();
    publisher.moved(live);
  }

  /** A task needs its parent, which is told. */
  void requestAttention(LiveTask live) {
    unit.markDirty(live);
    publisher.requestAttention(live);
    waitingCalls.requestAttention(live);
    notifications.requestAttention(live);
  }

  /** Has a look taken at a session. */
  void probe(LiveTask live, boolean withStatus) {
    live.probing = true;
    live.probeIsStale = false;
    live.probedMillis = unit.now();
    unit.effect(
        new Effect.Probe(
            live.task.id(),
            live.task.activation(),
            live.session(),
            live.task.promptId(),
            live.firstPromptId,
            withStatus));
  }

  // --- the end

  /** Has a task stop, and everything that its session has launched. */
  void stop(LiveTask live, Ending ending) {
    TaskStatus status = live.task.status();
    if (status.terminal() || status == TaskStatus.CANCELLING) {
      return;
    }
    live.ending = ending;
    if (status == TaskStatus.PENDING) {
      endStopped(live);
      return;
    }
    boolean nothingUnderWay = live.nextTry != null;
    if (status == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    // What it wanted to go on with a slot for, it is not to do any more.
    slots.withdraw(live);
    // It is told to stop at short intervals, whatever it was waited for until now.
    live.inconclusiveProbes = 0;
    cancelTimers(live);
    move(live, TaskStatus.CANCELLING);
    live.closeOutbox(Answer.SendStatus.TASK_STOPPING, timers);
    registry.weigh(live);
    beginGrace(live);
    String session = live.task.session();
    if (session != null) {
      if (status.active()) {
        unit.effect(new Effect.Abort(live.task.id(), session));
      }
      closeBelow(session, true);
    }
    if (status == TaskStatus.STARTING && nothingUnderWay) {
      deleteUnused(live);
      endStopped(live);
    }
  }

  /** Removes the session of a task, which was never prompted for it. */
  void deleteUnused(LiveTask live) {
    String session = live.task.session();
    if (session != null && live.task.provenance().resumes() == null) {
      unit.effect(new Effect.DeleteSession(session));
    }
  }

  /**
   * Closes the parents of the tree below a session that has come to its end: nobody of them is told
   * anything any more, lest it begin to work again.
   */
  private void closeBelow(String session, boolean stopRunning) {
    if (stopRunning) {
      barrier.each(registry.parentsOfTree(session), parent -> close(parent, true));
      return;
    }
    // Those below it go on, and so theirs report to them.
    ParentSession own = registry.parent(session);
    if (own != null) {
      close(own, false);
    }
  }

  private void close(ParentSession parent, boolean stopRunning) {
    parent.closed = true;
    notifications.drop(parent);
    List<LiveTask> settled = new ArrayList<>();
    List<LiveTask> running = new ArrayList<>();
    for (LiveTask live : parent.members) {
      (live.task.status().terminal() ? settled : running).add(live);
    }
    if (stopRunning) {
      barrier.each(running, this::stopWithParent);
    }
    archive.retire(settled);
  }

  /** Sees to it that a task which is being stopped is not waited for for ever. */
  void keepGrace(LiveTask live) {
    if (live.graceEnd == null || !timers.contains(live.graceEnd)) {
      beginGrace(live);
    }
  }

  private void stopWithParent(LiveTask live) {
    stop(live, new Ending(Reason.PARENT_GONE, "the session that launched it has ended", null));
  }

  private void beginGrace(LiveTask live) {
    long grace = settings.sessions().cancelGrace().toMillis();
    cancel(live.reminder);
    live.reminder = timers.at(unit.now() + grace / 2, () -> remind(live));
    abandonAt(live, unit.now() + grace);
  }

  /** A call of which nothing is heard may outlast the grace: its session is told once more. */
  private void remind(LiveTask live) {
    live.reminder = null;
    String session = live.task.session();
    // Whatever is answered while it is being stopped, the next abort has its timer.
    boolean answerAwaited = live.nextProbe == null;
    if (live.task.status() == TaskStatus.CANCELLING && session != null && answerAwaited) {
      unit.effect(new Effect.Abort(live.task.id(), session));
    }
  }

  private void abandonAt(LiveTask live, long millis) {
    live.graceEnd = timers.at(millis, () -> abandon(live));
  }

  private void abandon(LiveTask live) {
    if (unit.now() < live.unseenUntilMillis) {
      // It may have stopped during a pause, and was told once more.
      abandonAt(live, live.unseenUntilMillis);
      return;
    }
    Ending ending = live.ending;
    String why =
        ending == null || ending.reason() == Reason.CANCELLED
            ? ""
            : "it was told to stop (" + ending.reason().wireName() + "), but ";
    String detail =
        why
            + "its session did not become quiet within "
            + settings.sessions().cancelGrace().toSeconds()
            + " s and may still be working";
    settle(live, new Outcome(Reason.ABANDONED, detail, "", 0));
  }

  /** A task that was told to stop is quiet, and has not said anything. */
  void endStopped(LiveTask live) {
    endStopped(live, "", 0);
  }

  /** A task that was told to stop is quiet. */
  void endStopped(LiveTask live, String text, long textDropped) {
    Ending ending = live.ending;
    if (ending == null) {
      throw new IllegalStateException("no one has stopped " + live.task.id());
    }
    settle(live, new Outcome(ending.reason(), ending.detail(), text, textDropped));
  }

  /** A task has come to its end by itself, without having said anything. */
  void end(LiveTask live, Reason reason, @Nullable String detail) {
    end(live, reason, detail, "", 0);
  }

  /** A task has come to its end by itself. */
  void end(LiveTask live, Reason reason, @Nullable String detail, String text, long textDropped) {
    settle(live, new Outcome(reason, detail, text, textDropped));
  }

  private void settle(LiveTask live, Outcome outcome) {
    TaskStatus before = live.task.status();
    check(live, outcome.status());
    live.book();
    live.task = live.task.settled(outcome, unit.now(), live.lastProgress());
    unit.markDirty(live);
    if (before == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    live.parent.liveTasks--;
    wrapUp(live);
  }

  /** Does what follows from the end of a task, unless that has been done. */
  void wrapUp(LiveTask live) {
    if (live.wrappedUp) {
      return;
    }
    // Each by itself, and once: what breaks off in one is mended there, and the others are done.
    live.wrappedUp = true;
    barrier.run(() -> publishEnd(live));
    barrier.run(() -> closeWork(live));
    barrier.run(() -> waitingCalls.moved(live));
    barrier.run(() -> closeBelow(live));
    barrier.run(() -> tellOf(live));
    barrier.run(() -> followers.ended(live, live.task.status() == TaskStatus.COMPLETED));
  }

  private void publishEnd(LiveTask live) {
    hasMoved(live);
    publisher.ended(live);
  }

  private void closeWork(LiveTask live) {
    cancelTimers(live);
    live.closeOutbox(Answer.SendStatus.TASK_OVER, timers);
    for (Request request : live.requests()) {
      answeredRequests.remember(request.asked.id());
      publisher.requestGone(live, request, How.WITHDRAWN);
    }
    live.closeRequests();
    if (live.task.session() != null) {
      waitingCalls.callerStopped(live.session());
    }
    slots.leave(live);
    live.forgetWork();
    registry.weigh(live);
  }

  private void closeBelow(LiveTask live) {
    String session = live.task.session();
    if (session != null && live.task.status() != TaskStatus.COMPLETED) {
      closeBelow(session, !live.task.endedFor(Reason.SESSION_DELETED) || cancelsOrphans());
    }
  }

  private void tellOf(LiveTask live) {
    if (live.parent.closed) {
      archive.retire(List.of(live));
    } else {
      notifications.ended(live, wantsNotice(live));
    }
  }

  private static boolean wantsNotice(LiveTask live) {
    Ending ending = live.ending;
    if (ending == null) {
      return true;
    }
    // Whoever has stopped it has the answer of that call. That it may still work is news.
    boolean stoppedByParent = live.parent.session.equals(ending.by());
    return ending.reason() != Reason.SHUTDOWN
        && (!stoppedByParent || live.task.endedFor(Reason.ABANDONED));
  }

  // --- the session above

  /** A session was deleted: what it had launched ends, by policy, and what has ended is dropped. */
  void parentDeleted(String session) {
    archive.clearOwn(session);
    registry.closeAccount(session);
    ParentSession parent = registry.parent(session);
    if (parent != null && !parent.closed) {
      close(parent, cancelsOrphans());
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
    ParentSession own = registry.parent(session);
    if (policy == OnParentInterrupted.CANCEL) {
      barrier.each(registry.entriesOfTree(session), live -> stop(live, stopped));
    } else if (own != null) {
      for (LiveTask live : own.members) {
        live.silenced = true;
        own.pending.clear(live);
      }
      notifications.advance(own);
    }
  }

  private void cancelTimers(LiveTask live) {
    cancel(live.nextProbe);
    live.nextProbe = null;
    cancel(live.graceEnd);
    live.graceEnd = null;
    cancel(live.reminder);
    live.reminder = null;
  }

  private void cancel(Timers.@Nullable Timer item) {
    if (item != null) {
      timers.cancel(item);
    }
  }

  private static void check(LiveTask live, TaskStatus next) {
    TaskId id = live.task.id();
    if (!live.task.status().canMoveTo(next)) {
      throw new IllegalStateException(
          id + " cannot move from " + live.task.status() + " to " + next);
    }
  }
}
