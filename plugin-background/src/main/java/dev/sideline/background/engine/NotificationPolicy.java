package dev.sideline.background.engine;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.PendingNotifications.NotificationBatch;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.LaunchOptions.Notify;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
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
final class NotificationPolicy implements NotificationSender.Listener {

  /** What follows from a notice that has arrived, or need not be sent. */
  interface Listener {

    /** Nothing is owed for these tasks any more, and no task of their parent's is live. */
    void retire(List<LiveTask> entries);

    /**
     * Whether a parent may be set to work. If not, it is {@linkplain #advance told of} again when
     * it may.
     */
    boolean mayWork(ParentSession parent);

    /** A session was set to work by a message. */
    void woken(String session, String messageId);

    /** The last that a parent was waiting for has come. */
    void emptied(ParentSession parent);

    /** A session is owed nothing, and will not be woken for its tasks. */
    void quiet(ParentSession parent);
  }

  private static final long AFTER_DEFECT_MILLIS = 1_000;

  private final Settings.Notices settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final Supplier<String> messageIds;
  private final Publisher publisher;
  private final Listener listener;
  private final NotificationSender sender;
  private final InFlightAnswers answersInFlight;

  /** Parents that were at work when they were to be told. */
  private final Set<ParentSession> waitingForIdle = new LinkedHashSet<>();

  NotificationPolicy(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      Supplier<String> messageIds,
      Publisher publisher,
      Listener listener) {
    this.settings = settings.notices();
    this.unit = unit;
    this.timers = timers;
    this.messageIds = messageIds;
    this.publisher = publisher;
    this.listener = listener;
    this.answersInFlight = new InFlightAnswers(publisher);
    this.sender = new NotificationSender(unit, timers, messageIds, listener, this);
  }

  /** Takes what becomes of notices. */
  NotificationSender sender() {
    return sender;
  }

  // --- what is to be told

  /**
   * Takes a task that has ended.
   *
   * @param announce whether its parent is to be told of it
   */
  void ended(LiveTask live, boolean announce) {
    PendingNotifications pending = live.parent.pending;
    pending.ended(live);
    if (announce && !live.silenced && live.task.options().notification() != Notify.SILENT) {
      pending.toAnnounce(live, unit.now());
    }
    advance(live.parent);
  }

  /** Takes a task that needs its parent. */
  void requestAttention(LiveTask live) {
    if (live.task.options().notification() != Notify.SILENT || !live.requests().isEmpty()) {
      live.parent.pending.requestAttention(live, unit.now());
      advance(live.parent);
    }
  }

  /**
   * Drops what a parent is to be told of a task, which it does not want to know; but not what is
   * under way to it already. Tells whether there was anything.
   */
  boolean drop(LiveTask live) {
    ParentSession parent = live.parent;
    boolean underWay = parent.inFlight != null && parent.inFlight.announces(live);
    if (underWay || !parent.pending.owes(live)) {
      return false;
    }
    parent.pending.clear(live);
    return true;
  }

  /** The parent has gone, and nothing is owed any more. */
  void drop(ParentSession parent) {
    sender.drop(parent);
    parent.pending.abandon();
    waitingForIdle.remove(parent);
    cancelNext(parent);
  }

  /** Something has broken off, perhaps on the way to telling a parent. */
  void resumeAfterDefect(ParentSession parent) {
    sender.reviveAfterDefect(parent);
    if (parent.pending.owed() && parent.inFlight == null && parent.nextNotification == null) {
      tellAt(parent, unit.now() + AFTER_DEFECT_MILLIS);
    }
  }

  // --- what is read meanwhile

  /** An answer that shows a parent these tasks of its is on its way; see {@link #read}. */
  void reading(long call, ParentSession parent, List<LiveTask> entries) {
    answersInFlight.begin(call, parent, entries);
  }

  /**
   * An answer has arrived, or has not.
   *
   * @param taken whether somebody was there to take it, who now knows
   */
  void read(long call, boolean taken) {
    ParentSession parent = answersInFlight.end(call, taken);
    if (parent != null) {
      advance(parent);
    }
  }

  /**
   * Takes what a parent is to be told that can be told in answers alone; what becomes of the answer
   * is {@link #read}.
   *
   * @return null if that is nothing, or it is told otherwise
   */
  @Nullable NotificationBatch tellInAnswer(long call, ParentSession parent) {
    if (parent.closed || parent.reach != Reach.ANSWERED) {
      return null;
    }
    parent.pending.refresh();
    NotificationBatch batch =
        parent.pending.takeForAnswer(
            answersInFlight.shownTo(parent), parent.liveTasks == 0, unit.now());
    if (batch != null) {
      answersInFlight.begin(call, parent, batch);
    }
    return batch;
  }

  // --- when it is told

  /** Tells a parent what it can be told now. */
  void advance(ParentSession parent) {
    if (parent.closed) {
      return;
    }
    if (parent.inFlight != null) {
      sender.resumeHeld(parent);
      return;
    }
    PendingNotifications pending = parent.pending;
    pending.refresh();
    boolean last = parent.liveTasks == 0;
    if (!pending.anything(last)) {
      nothingToTell(parent, last);
      return;
    }
    if (parent.answersInFlight > 0 || parent.reach == Reach.ANSWERED) {
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
    if (!wakes || listener.mayWork(parent)) {
      tell(parent, last, wakes, !patient);
    }
  }

  private boolean mayWake(ParentSession parent) {
    return parent.reach == Reach.WOKEN
        && (settings.maxWakes() == 0 || parent.account.wakes < settings.maxWakes());
  }

  private void nothingToTell(ParentSession parent, boolean last) {
    PendingNotifications pending = parent.pending;
    if (!pending.owed()) {
      pending.settled();
      waitingForIdle.remove(parent);
      cancelNext(parent);
    }
    sender.forgetPutOff(parent);
    List<LiveTask> ended = last && parent.answersInFlight == 0 ? pending.toClose() : List.of();
    if (!ended.isEmpty()) {
      close(parent, ended);
      listener.quiet(parent);
    }
  }

  private long patienceEnds(ParentSession parent) {
    return parent.pending.sinceMillis() + settings.busyParent().toMillis();
  }

  private void tellAt(ParentSession parent, long atMillis) {
    cancelNext(parent);
    parent.nextNotification =
        timers.at(
            atMillis,
            () -> {
              parent.nextNotification = null;
              advance(parent);
            });
  }

  private void cancelNext(ParentSession parent) {
    if (parent.nextNotification != null) {
      timers.cancel(parent.nextNotification);
      parent.nextNotification = null;
    }
  }

  private void tell(ParentSession parent, boolean last, boolean wake, boolean evenIfBusy) {
    // Asked for first: if there is none to be had, nothing has changed.
    String messageId = messageIds.get();
    NotificationBatch batch = parent.pending.take(last, wake, unit.now());
    cancelNext(parent);
    waitingForIdle.remove(parent);
    sender.send(parent, messageId, batch, wake, evenIfBusy);
  }

  private void close(ParentSession parent, List<LiveTask> ended) {
    parent.pending.closed(ended.size());
    if (!ended.isEmpty()) {
      if (parent.liveTasks == 0) {
        publisher.allEnded(parent, ended.size());
      }
      listener.retire(ended);
    }
  }

  /** A session has stopped working, as far as is known. */
  void parentIdle(ParentSession parent) {
    if (waitingForIdle.remove(parent)) {
      advance(parent);
    }
  }

  /** The sessions that are waited for to stop working. */
  List<ParentSession> waitingForIdle() {
    return List.copyOf(waitingForIdle);
  }

  // --- what comes of it

  @Override
  public void arrived(ParentSession parent, InFlightNotification inFlight) {
    publisher.told(inFlight.notice());
    if (inFlight.wakes()) {
      parent.account.wakes++;
      listener.woken(parent.session, inFlight.messageId());
    }
    if (inFlight.telling().last()) {
      // Later ones have been appended behind those that this notice closes.
      close(parent, inFlight.telling().ended());
    }
    advance(parent);
  }

  @Override
  public void parentBusy(ParentSession parent, InFlightNotification inFlight) {
    parent.pending.putBack(inFlight.telling(), parent.members);
    waitingForIdle.add(parent);
    advance(parent);
  }

  @Override
  public void refused(ParentSession parent, InFlightNotification inFlight) {
    publisher.notTold(parent, inFlight.notice());
    // The results stay readable, and what comes later is tried as if nothing had been.
    if (inFlight.telling().last()) {
      close(parent, inFlight.telling().ended());
    }
    advance(parent);
  }

  @Override
  public void nobodyThere(ParentSession parent) {
    // What has ended stays readable for the sessions above, if any.
    parent.pending.clear();
    advance(parent);
  }
}
