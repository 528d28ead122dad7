package dev.sideline.background.engine.lifecycle;

import dev.sideline.api.PluginEvent.RequestGone.How;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.MessageQueue;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.Remembered;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.StopState;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timer;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Answer.SendStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnRestart;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves tasks through their states. Every transition of every task is made here, and only as the
 * table of {@link TaskStatus} allows.
 */
public final class Lifecycle {

  private final Settings.Sessions settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Publisher publisher;
  private final Remembered<String> answeredRequests;

  public Lifecycle(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Slots slots,
      Publisher publisher,
      Remembered<String> answeredRequests) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.slots = slots;
    this.publisher = publisher;
    this.answeredRequests = answeredRequests;
  }

  // --- the beginning

  /** Takes a new task, which is to be started. */
  public LiveTask accept(Task task) {
    LiveTask live = add(task);
    publisher.launched(live);
    return live;
  }

  /**
   * Takes a new task that cannot start, because one that it was to follow has not succeeded. It
   * ends in a step of its own: whatever follows from that must not be lost if its launch cannot be
   * recorded.
   */
  public LiveTask acceptFailed(Task task) {
    LiveTask live = add(task);
    failLater(live);
    return live;
  }

  /** A task fails in a step of its own that cannot start. */
  void failLater(LiveTask live) {
    timers.at(unit.now(), new TimedEvent.DependencyFailure(live));
  }

  /** It is time for a task to fail that could not start. */
  public void dependencyFailed(LiveTask live) {
    if (live.status() == TaskStatus.PENDING && !live.recordState().discarded()) {
      String detail = "a task that it was to start after has not succeeded";
      end(live, Reason.DEPENDENCY_FAILED, detail);
    }
  }

  /** Takes a task that is at work already. */
  public LiveTask adopt(Task task) {
    LiveTask live = add(task);
    slots.acquireForced(live);
    live.prompted(unit.now());
    return live;
  }

  private LiveTask add(Task task) {
    LiveTask live = new LiveTask(registry.parentOf(task.ancestors()), task);
    registry.add(live);
    if (live.record().session() != null) {
      registry.bind(live, live.session());
    }
    slots.join(live);
    unit.markDirty(live);
    published(live);
    return live;
  }

  /** Takes back a live task that could not be recorded. */
  public void discard(LiveTask live) {
    if (live.status().terminal()) {
      return;
    }
    leave(live);
    live.parent().account().takeBackLaunch();
    unit.signal(new Signal.Discarded(live));
  }

  /** Drops a task that is another owner's: nothing is recorded or published of it any more. */
  public void drop(LiveTask live) {
    if (live.status().terminal()) {
      live.recordState().discard();
      registry.remove(live);
    } else {
      closeMessages(live, SendStatus.TASK_OVER);
      closeRequests(live);
      leave(live);
    }
    unit.signal(new Signal.Dropped(live));
  }

  private void leave(LiveTask live) {
    if (live.status() == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    slots.leave(live);
    live.parent().countOneLess();
    cancelTimers(live);
    live.recordState().discard();
    registry.remove(live);
  }

  /** A task has got its slot. */
  public void starting(LiveTask live) {
    live.waitsFor(null);
    live.update(live.record().started(unit.now()));
    unit.markDirty(live);
    published(live);
    ParentSession own =
        live.record().provenance().resumes() == null ? null : registry.parent(live.session());
    if (own != null) {
      // The last task in its session may have ended in failure, and closed it.
      own.reopen();
    }
  }

  /** We have broken off the start of a task. */
  public void startBroke(LiveTask live) {
    if (live.status() == TaskStatus.STARTING && !live.recordState().discarded()) {
      startFailed(live, "Sideline ran into an error of its own");
    }
  }

  /** A task could not be started. */
  public void startFailed(LiveTask live, String why) {
    deleteUnused(live);
    end(live, Reason.LAUNCH_FAILED, why);
  }

  /** The session of a task was created. */
  public void opened(LiveTask live, String session) {
    registry.bind(live, session);
  }

  /** The agent of a task is at work, whether or not that its prompt arrived was heard of. */
  public void onStarted(LiveTask live) {
    if (live.status() == TaskStatus.STARTING) {
      slots.onLeftStarting();
      move(live, TaskStatus.RUNNING);
      if (live.isBlocked()) {
        // Its agent was at work before that was known, and waits already.
        slots.release(live);
      }
    }
  }

  /** The session of a task is about to be told something. */
  public void telling(LiveTask live, String messageId) {
    ParentSession own = registry.parent(live.session());
    if (own != null) {
      own.account().sending(messageId);
    }
  }

  // --- the middle

  /** Moves a task that is at work to another state of being so. */
  public void moveActive(LiveTask live, TaskStatus next) {
    if (live.status().active() && live.status() != next) {
      move(live, next);
    }
  }

  /** The host does not try the model of a task again any more, if it did. */
  public void onRetried(LiveTask live) {
    if (live.status() == TaskStatus.RETRYING) {
      live.activity().retried();
      moveActive(live, TaskStatus.RUNNING);
    }
  }

  private void move(LiveTask live, TaskStatus next) {
    check(live, next);
    live.update(live.record().withStatus(next).withProgress(live.progress()));
    unit.markDirty(live);
    published(live);
    unit.signal(new Signal.Moved(live));
  }

  private void published(LiveTask live) {
    live.recordState().changed(unit.now());
    publisher.moved(live);
  }

  /** A task needs its parent. */
  public void requestAttention(LiveTask live) {
    unit.markDirty(live);
    publisher.requestAttention(live);
    unit.signal(new Signal.AttentionRequested(live));
  }

  /**
   * The agent of a task has stopped in the middle, and its parent decides what becomes of it, if
   * that is set; tells whether it does.
   */
  public boolean reportBrokenOff(LiveTask live) {
    if (settings.onRestart() != OnRestart.REPORT) {
      return false;
    }
    slots.release(live);
    if (live.stalledSinceMillis() == 0) {
      live.activity().stalled(unit.now());
      requestAttention(live);
    }
    return true;
  }

  // --- the end

  /** Stops a task, and everything that its session has launched. */
  public void stop(LiveTask live, StopReason ending) {
    TaskStatus status = live.status();
    if (status.terminal() || status == TaskStatus.CANCELLING) {
      return;
    }
    live.stopping().begin(ending);
    if (status == TaskStatus.PENDING) {
      endStopped(live);
      return;
    }
    boolean nothingUnderWay = live.isRetried();
    if (status == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    // What it wanted to go on with a slot for, it is not to do any more.
    slots.withdraw(live);
    // It is told to stop at short intervals, whatever it was waited for until now.
    live.probe().startAnew();
    cancelTimers(live);
    move(live, TaskStatus.CANCELLING);
    closeMessages(live, SendStatus.TASK_STOPPING);
    beginGrace(live);
    String session = live.record().session();
    if (session != null) {
      if (status.active()) {
        unit.effect(new Effect.Abort(live.record().id(), session));
      }
      closeBelow(session, true);
    }
    if (status == TaskStatus.STARTING && nothingUnderWay) {
      deleteUnused(live);
      endStopped(live);
    }
  }

  private void closeMessages(LiveTask live, SendStatus status) {
    if (!live.hasMessages()) {
      return;
    }
    MessageQueue queue = live.queue();
    timers.cancel(queue.retry());
    live.forgetRetry();
    MessageQueue.Message underWay = queue.last();
    if (underWay != null) {
      // The host may have it already, or take it yet.
      unit.completed(live, underWay, queue.sending() ? SendStatus.UNDER_WAY : status, null);
    }
    queue.clear().forEach(message -> unit.completed(live, message, status, null));
    registry.weigh(live);
  }

  /** Removes the session of a task, which was never prompted for it. */
  private void deleteUnused(LiveTask live) {
    String session = live.record().session();
    if (session != null && live.record().provenance().resumes() == null) {
      unit.effect(new Effect.DeleteSession(session));
    }
  }

  /**
   * Closes the parents of the tree below a session that has come to its end: nobody of them is told
   * anything any more, lest it begin to work again.
   */
  private void closeBelow(String session, boolean stopRunning) {
    if (stopRunning) {
      unit.each(registry.parentsOfTree(session), parent -> close(parent, true));
      return;
    }
    // Those below it go on, and so theirs report to them.
    ParentSession own = registry.parent(session);
    if (own != null) {
      close(own, false);
    }
  }

  private void close(ParentSession parent, boolean stopRunning) {
    parent.close();
    List<LiveTask> settled = new ArrayList<>();
    List<LiveTask> running = new ArrayList<>();
    for (LiveTask live : parent.members()) {
      (live.status().terminal() ? settled : running).add(live);
    }
    unit.signal(new Signal.ParentClosed(parent, settled));
    running.forEach(this::silence);
    if (stopRunning) {
      unit.each(running, this::stopWithParent);
    }
  }

  /** Should another task go on in the session above, this one's end is of no interest to it. */
  private void silence(LiveTask live) {
    live.stopping().silence();
    unit.markDirty(live);
  }

  private void stopWithParent(LiveTask live) {
    stop(live, new StopReason(Reason.PARENT_GONE, "the session that launched it has ended", null));
  }

  /** Sets a bound to the time for which a task that is being stopped is waited for. */
  public void keepGrace(LiveTask live) {
    Timer graceEnd = live.stopping().graceEnd();
    if (graceEnd == null || !timers.contains(graceEnd)) {
      beginGrace(live);
    }
  }

  private void beginGrace(LiveTask live) {
    long grace = settings.cancelGrace().toMillis();
    timers.cancel(live.stopping().reminder());
    live.stopping().reminder(timers.at(unit.now() + grace / 2, new TimedEvent.StopReminder(live)));
    abandonAt(live, unit.now() + grace);
  }

  /** A call of which nothing is heard may outlast the grace: its session is told once more. */
  public void remind(LiveTask live) {
    live.stopping().reminder(null);
    String session = live.record().session();
    // Whatever is answered while it is being stopped, the next abort has its timer.
    boolean answerAwaited = live.probe().next() == null;
    if (live.status() == TaskStatus.CANCELLING && session != null && answerAwaited) {
      unit.effect(new Effect.Abort(live.record().id(), session));
    }
  }

  private void abandonAt(LiveTask live, long millis) {
    live.stopping().graceEnd(timers.at(millis, new TimedEvent.GraceEnd(live)));
  }

  /** The grace of a task that was told to stop is over. */
  public void abandon(LiveTask live) {
    if (unit.now() < live.probe().unseenUntilMillis()) {
      // It may have stopped during a pause, and was told once more.
      abandonAt(live, live.probe().unseenUntilMillis());
      return;
    }
    StopReason ending = live.ending();
    String why =
        ending == null || ending.reason() == Reason.CANCELLED
            ? ""
            : "it was told to stop (" + ending.reason().wireName() + "), but ";
    String detail =
        why
            + "its session did not become quiet within "
            + settings.cancelGrace().toSeconds()
            + " s and may still be working";
    settle(live, new Outcome(Reason.ABANDONED, detail, "", 0));
  }

  /** The session of a task does not exist any more. */
  public void onSessionDeleted(LiveTask live) {
    if (live.status() == TaskStatus.CANCELLING) {
      endStopped(live);
    } else {
      end(live, Reason.SESSION_DELETED, "its session was deleted");
    }
  }

  /** A task that was told to stop never came to work. */
  public void endUnstarted(LiveTask live) {
    deleteUnused(live);
    endStopped(live);
  }

  /** A task that was told to stop is quiet, and has not said anything. */
  public void endStopped(LiveTask live) {
    endStopped(live, "", 0);
  }

  /** A task that was told to stop is quiet. */
  public void endStopped(LiveTask live, String text, long textDropped) {
    StopReason ending = live.ending();
    if (ending == null) {
      throw new IllegalStateException("no one has stopped " + live.record().id());
    }
    settle(live, new Outcome(ending.reason(), ending.detail(), text, textDropped));
  }

  /** A task has come to its end by itself, without having said anything. */
  public void end(LiveTask live, Reason reason, @Nullable String detail) {
    end(live, reason, detail, "", 0);
  }

  /** A task has come to its end by itself. */
  public void end(
      LiveTask live, Reason reason, @Nullable String detail, String text, long textDropped) {
    settle(live, new Outcome(reason, detail, text, textDropped));
  }

  private void settle(LiveTask live, Outcome outcome) {
    TaskStatus before = live.status();
    check(live, outcome.status());
    live.book();
    live.parent().treeAccount().taskEnded(live.spent());
    live.update(live.record().settled(outcome, unit.now(), live.lastProgress()));
    unit.markDirty(live);
    if (before == TaskStatus.STARTING) {
      slots.onLeftStarting();
    }
    live.parent().countOneLess();
    wrapUp(live);
  }

  /** Closes what belongs to a task that has ended, unless that has been done. */
  public void wrapUp(LiveTask live) {
    if (!live.stopping().wrapUp()) {
      return;
    }
    // Each by itself, and once: what breaks off in one is mended there, and the others are done.
    unit.run(() -> publishEnd(live));
    unit.run(() -> closeWork(live));
    unit.run(() -> closeBelow(live));
    unit.signal(new Signal.Settled(live));
  }

  private void publishEnd(LiveTask live) {
    published(live);
    publisher.ended(live);
  }

  private void closeWork(LiveTask live) {
    cancelTimers(live);
    closeMessages(live, SendStatus.TASK_OVER);
    for (Request request : live.requests()) {
      answeredRequests.remember(request.id());
      publisher.requestGone(live, request, How.WITHDRAWN);
    }
    closeRequests(live);
    slots.leave(live);
    live.forgetWork();
    unit.markDirty(live);
    registry.weigh(live);
  }

  private void closeRequests(LiveTask live) {
    for (Request request : live.takeRequests()) {
      unit.completed(live, request, ReplyStatus.GONE, null);
    }
  }

  private void closeBelow(LiveTask live) {
    String session = live.record().session();
    if (session != null && live.status() != TaskStatus.COMPLETED) {
      closeBelow(session, !live.record().endedFor(Reason.SESSION_DELETED) || cancelsOrphans());
    }
  }

  // --- the session above

  /** The session of a parent was deleted: what it had launched ends, by policy. */
  public void parentDeleted(ParentSession parent) {
    if (!parent.closed()) {
      close(parent, cancelsOrphans());
    }
  }

  private boolean cancelsOrphans() {
    return settings.onParentDeleted() == OnParentDeleted.CANCEL;
  }

  /** Stops all tasks of the tree below a session. */
  public void stopTree(String session, StopReason ending) {
    unit.each(registry.entriesOfTree(session), live -> stop(live, ending));
  }

  private void cancelTimers(LiveTask live) {
    if (live.hasProbes()) {
      timers.cancel(live.probe().next());
      live.probe().next(null);
    }
    if (live.isStopping()) {
      StopState stopping = live.stopping();
      timers.cancel(stopping.graceEnd());
      stopping.graceEnd(null);
      timers.cancel(stopping.reminder());
      stopping.reminder(null);
    }
  }

  private static void check(LiveTask live, TaskStatus next) {
    TaskId id = live.record().id();
    if (!live.status().canMoveTo(next)) {
      throw new IllegalStateException(id + " cannot move from " + live.status() + " to " + next);
    }
  }
}
