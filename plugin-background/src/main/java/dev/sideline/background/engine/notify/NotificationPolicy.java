package dev.sideline.background.engine.notify;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.lifecycle.Publisher;
import dev.sideline.background.engine.model.InFlightNotification;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications;
import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Outcome.Reason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a parent is told of its tasks, and whether it is woken for that.
 *
 * <p>While others of its tasks are live, a parent is told of each that ends without being woken.
 * When the last has ended, or one needs it, it is woken. What ends within a moment, or while a
 * notice is under way, is told together. A task is announced by exactly one notice; one that its
 * parent has read, or has cancelled itself, by none.
 *
 * <p>A parent that is at work is told when it has finished that, lest it be thrown off its course;
 * but it is not waited for for ever. A parent that was set to work too often in a row is told
 * without being woken, for a person to go on.
 */
public final class NotificationPolicy implements Input.NotificationAnswers {

  private static final long AFTER_DEFECT_MILLIS = 1_000;

  private final Settings.Notices settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Publisher publisher;
  private final NotificationSender sender;
  private final ParentTasks parentTasks;
  private final InFlightAnswers answersInFlight;

  /** Parents of which it is to be seen in this step whether they can be told anything. */
  private final Set<ParentSession> toAdvance = new LinkedHashSet<>();

  /** Parents that were at work when they were to be told. */
  private final Set<ParentSession> waitingForIdle = new LinkedHashSet<>();

  public NotificationPolicy(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Publisher publisher,
      NotificationSender sender,
      ParentTasks parentTasks) {
    this.settings = settings.notices();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.publisher = publisher;
    this.sender = sender;
    this.parentTasks = parentTasks;
    this.answersInFlight = new InFlightAnswers(publisher);
  }

  // --- what is to be told

  /** Takes a task that has ended. */
  public void onSettled(LiveTask live) {
    if (live.parent().closed()) {
      unit.signal(new Signal.Retired(List.of(live)));
      return;
    }
    PendingNotifications pending = live.parent().pending();
    pending.ended(live);
    if (wantsNotice(live)) {
      pending.toAnnounce(live, unit.now());
    }
    advanceLater(live.parent());
  }

  private static boolean wantsNotice(LiveTask live) {
    return !live.stopping().silenced()
        && live.record().options().notification() != Notify.SILENT
        && !isKnownToParent(live);
  }

  /** Whoever has stopped it has the answer of that call. That it may still work is news. */
  private static boolean isKnownToParent(LiveTask live) {
    StopReason ending = live.ending();
    if (ending == null) {
      return false;
    }
    boolean stoppedByParent = live.parent().session().equals(ending.by());
    return ending.reason() == Reason.SHUTDOWN
        || (stoppedByParent && !live.record().endedFor(Reason.ABANDONED));
  }

  /** Takes a task that needs its parent. */
  public void onAttentionRequested(LiveTask live) {
    if (live.record().options().notification() != Notify.SILENT || !live.requests().isEmpty()) {
      live.parent().pending().requestAttention(live, unit.now());
      advanceLater(live.parent());
    }
  }

  /**
   * Drops what a parent is to be told of a task, which it does not want to know; but not what is
   * under way to it already. Tells whether there was anything.
   */
  public boolean drop(LiveTask live) {
    ParentSession parent = live.parent();
    boolean underWay = parent.inFlight() != null && parent.inFlight().announces(live);
    if (underWay || !parent.pending().owes(live)) {
      return false;
    }
    parent.pending().clear(live);
    return true;
  }

  /** Forgets a task that is another owner's, who tells of it. */
  public void forget(LiveTask live) {
    live.parent().pending().forget(live);
    sender.forget(live);
    // It may have been the last that its siblings' wake was waiting for.
    advanceLater(live.parent());
  }

  /** The parent has gone, and nothing is owed any more. */
  public void drop(ParentSession parent) {
    sender.drop(parent);
    parent.pending().abandon();
    toAdvance.remove(parent);
    waitingForIdle.remove(parent);
    cancelNext(parent);
  }

  /** Goes on after a restart with a notice that was under way. */
  public void resume(ParentSession parent, InFlightNotification inFlight) {
    sender.resume(parent, inFlight);
  }

  /** Something has broken off, perhaps on the way to telling a parent. */
  public void resumeAfterDefect(ParentSession parent) {
    sender.reviveAfterDefect(parent);
    if (parent.pending().owed() && parent.inFlight() == null && parent.nextNotification() == null) {
      tellAt(parent, unit.now() + AFTER_DEFECT_MILLIS);
    }
  }

  // --- what is read meanwhile

  /** An answer that shows a parent these tasks of its is on its way. */
  public void reading(long call, ParentSession parent, List<LiveTask> entries) {
    answersInFlight.begin(call, parent, entries);
  }

  /** An answer has arrived, or has not. */
  @Override
  public void take(Input.ReplyEnded reply) {
    ParentSession parent = answersInFlight.end(reply.call(), reply.taken());
    if (parent != null) {
      advanceLater(parent);
    }
  }

  /**
   * Takes what a parent is to be told that can be told in answers alone; what becomes of the answer
   * is told by {@link Input.ReplyEnded}.
   *
   * @return null if that is nothing, or it is told otherwise
   */
  public @Nullable NotificationBatch tellInAnswer(long call, ParentSession parent) {
    if (parent.closed() || parent.reach() != Reach.ANSWERED) {
      return null;
    }
    parent.pending().refresh();
    NotificationBatch batch =
        parent
            .pending()
            .takeForAnswer(answersInFlight.shownTo(parent), parent.liveTasks() == 0, unit.now());
    if (batch != null) {
      answersInFlight.begin(call, parent, batch);
    }
    return batch;
  }

  // --- when it is told

  /** At the end of the step, a parent is told what it can be told then. */
  public void advanceLater(ParentSession parent) {
    toAdvance.add(parent);
  }

  /** Tells all of those what they can be told now. */
  public void advanceAll() {
    while (!toAdvance.isEmpty()) {
      List<ParentSession> now = List.copyOf(toAdvance);
      toAdvance.clear();
      unit.each(now, this::advance);
    }
  }

  /** A parent's own task has the slot that it was to be told with. */
  public void onSlot(LiveTask own) {
    ParentSession parent = registry.parent(own.session());
    if (parent == null) {
      parentTasks.notWoken(own);
      return;
    }
    parent.waitsForSlot(false);
    advance(parent);
    if (!parent.beingWoken()) {
      parentTasks.notWoken(own);
    }
  }

  private void advance(ParentSession parent) {
    if (parent.closed()) {
      return;
    }
    if (parent.inFlight() != null) {
      sender.resumeHeld(parent);
      return;
    }
    PendingNotifications pending = parent.pending();
    pending.refresh();
    boolean last = parent.liveTasks() == 0;
    if (!pending.anything(last)) {
      nothingToTell(parent, last);
      return;
    }
    if (parent.isBeingAnswered() || parent.reach() == Reach.ANSWERED) {
      return;
    }
    boolean wake = last || pending.urgent();
    long due = wake ? 0 : pending.sinceMillis() + settings.delay().toMillis();
    if (due > unit.now()) {
      tellAt(parent, due);
      return;
    }
    boolean patient = unit.now() < patienceEnds(parent);
    if (waitingForIdle.contains(parent) && patient) {
      tellAt(parent, patienceEnds(parent));
      return;
    }
    boolean wakes = wake && mayWake(parent);
    if (!wakes || parentTasks.mayWork(parent)) {
      tell(parent, last, wakes, !patient);
    }
  }

  private boolean mayWake(ParentSession parent) {
    return parent.reach() == Reach.WOKEN
        && (settings.maxWakes() == 0 || parent.account().wakes() < settings.maxWakes());
  }

  private void nothingToTell(ParentSession parent, boolean last) {
    PendingNotifications pending = parent.pending();
    if (!pending.owed()) {
      pending.settled();
      waitingForIdle.remove(parent);
      cancelNext(parent);
    }
    sender.forgetPutOff(parent);
    List<LiveTask> ended = last && !parent.isBeingAnswered() ? pending.toClose() : List.of();
    if (!ended.isEmpty()) {
      close(parent, ended);
      parentTasks.quiet(parent);
    }
  }

  private long patienceEnds(ParentSession parent) {
    return parent.pending().sinceMillis() + settings.busyParent().toMillis();
  }

  private void tellAt(ParentSession parent, long atMillis) {
    cancelNext(parent);
    parent.nextNotification(timers.at(atMillis, new TimedEvent.NotificationDue(parent)));
  }

  /** The time has come to tell a parent something. */
  public void due(ParentSession parent) {
    parent.nextNotification(null);
    advanceLater(parent);
  }

  private void cancelNext(ParentSession parent) {
    if (parent.nextNotification() != null) {
      timers.cancel(parent.nextNotification());
      parent.nextNotification(null);
    }
  }

  private void tell(ParentSession parent, boolean last, boolean wake, boolean evenIfBusy) {
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = sender.newMessageId();
    NotificationBatch batch = parent.pending().take(last, wake, unit.now());
    cancelNext(parent);
    waitingForIdle.remove(parent);
    sender.send(parent, messageId, batch, wake, evenIfBusy);
  }

  private void close(ParentSession parent, List<LiveTask> ended) {
    parent.pending().closed(ended.size());
    if (!ended.isEmpty()) {
      if (parent.liveTasks() == 0) {
        publisher.allEnded(parent, ended.size());
      }
      unit.signal(new Signal.Retired(ended));
    }
  }

  /** A session has stopped working, as far as is known. */
  public void parentIdle(ParentSession parent) {
    if (waitingForIdle.remove(parent)) {
      advanceLater(parent);
    }
  }

  /** The sessions that are waited for to stop working. */
  public List<ParentSession> waitingForIdle() {
    return List.copyOf(waitingForIdle);
  }

  /** A parent was stopped by a person, and is not told of the tasks that it has. */
  public void silence(ParentSession parent) {
    for (LiveTask live : parent.members()) {
      live.stopping().silence();
      unit.markDirty(live);
      parent.pending().clear(live);
    }
    advanceLater(parent);
  }

  // --- what comes of it

  @Override
  public void take(Input.NoticeArrived arrived) {
    ParentSession parent = registry.parent(arrived.parent());
    InFlightNotification notice =
        parent == null ? null : sender.arrived(parent, arrived.messageId());
    if (parent == null || notice == null) {
      return;
    }
    publisher.told(notice.notice());
    if (notice.wakes()) {
      parent.account().countWake();
      parent.pending().known(notice.batch());
      parentTasks.woken(parent.session(), notice.messageId());
    }
    closeLast(parent, notice.batch());
    advanceLater(parent);
  }

  @Override
  public void take(Input.ParentBusy busy) {
    ParentSession parent = registry.parent(busy.parent());
    InFlightNotification notice =
        parent == null ? null : sender.parentBusy(parent, busy.messageId());
    if (parent != null && notice != null) {
      parent.pending().putBack(notice.batch(), parent.members());
      waitingForIdle.add(parent);
      advanceLater(parent);
    }
  }

  @Override
  public void take(Input.NoticeMissing missing) {
    ParentSession parent = registry.parent(missing.parent());
    if (parent != null) {
      sender.missing(parent, missing.messageId());
    }
  }

  @Override
  public void take(Input.NoticeFailed failed) {
    ParentSession parent = registry.parent(failed.parent());
    if (parent == null) {
      return;
    }
    InFlightNotification notice = parent.inFlight();
    NotificationSender.Failure failure = sender.failed(parent, failed.messageId(), failed.code());
    if (notice == null || failure == null) {
      return;
    }
    switch (failure) {
      case REFUSED -> {
        publisher.notTold(parent, notice.notice());
        parent.pending().known(notice.batch());
        // The results stay readable, and what comes later is tried as if nothing had been.
        closeLast(parent, notice.batch());
      }
      // What has ended stays readable for the sessions above, if any.
      case NOBODY_THERE -> parent.pending().clear();
    }
    advanceLater(parent);
  }

  private void closeLast(ParentSession parent, NotificationBatch batch) {
    if (batch.last()) {
      // Later ones have been appended behind those that this notice closes.
      close(parent, batch.ended());
    }
  }
}
