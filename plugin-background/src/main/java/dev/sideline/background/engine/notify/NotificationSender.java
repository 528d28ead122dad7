package dev.sideline.background.engine.notify;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.model.InFlightNotification;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.NotificationPhase;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.task.Notice;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends notices until they have arrived, one to a parent at a time.
 *
 * <p>A notice is recorded as owed with its message id before it is sent, and tried until it has
 * arrived, the parent has gone, or the host has refused it in every form. When a try leaves open
 * whether it arrived, the parent's messages are looked at before the next. When it is known not to
 * have arrived, the next try gets a new message id: hosts order messages by id, and one older than
 * the parent's last answer would not wake it.
 */
public final class NotificationSender {

  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /** How a notice has come to its end without having arrived. */
  enum Failure {
    /** There is nobody to tell. */
    NOBODY_THERE,
    /** The host takes it in no form. */
    REFUSED
  }

  private final UnitOfWork unit;
  private final Timers timers;
  private final Supplier<String> messageIds;
  private final ParentTasks parentTasks;

  public NotificationSender(
      UnitOfWork unit, Timers timers, Supplier<String> messageIds, ParentTasks parentTasks) {
    this.unit = unit;
    this.timers = timers;
    this.messageIds = messageIds;
    this.parentTasks = parentTasks;
  }

  /** A message id for the next notice. */
  String newMessageId() {
    return messageIds.get();
  }

  /**
   * Sends a notice.
   *
   * @param evenIfBusy whether also to a parent that is at work
   */
  void send(
      ParentSession parent,
      String messageId,
      NotificationBatch batch,
      boolean wake,
      boolean evenIfBusy) {
    Notice notice = batch.notice(parent.session(), messageId, parent.liveTasks(), wake);
    InFlightNotification inFlight = new InFlightNotification(notice, batch, evenIfBusy);
    parent.inFlight(inFlight);
    forgetPutOff(parent);
    unit.owe(notice);
    send(parent, inFlight);
  }

  private void send(ParentSession parent, InFlightNotification inFlight) {
    parent.account().sending(inFlight.messageId());
    unit.effect(inFlight.send());
  }

  // --- what becomes of it

  /** A notice has arrived; null if nobody waits to hear of it any more. */
  @Nullable InFlightNotification arrived(ParentSession parent, String messageId) {
    InFlightNotification inFlight = end(parent, messageId);
    if (inFlight == null) {
      return null;
    }
    if (inFlight.phase() == NotificationPhase.DROPPED) {
      late(parent, inFlight);
      return null;
    }
    unit.deliver(messageId);
    return inFlight;
  }

  /**
   * The parent was at work, and was not told. It may read meanwhile what it was to be told.
   *
   * @return what it was not told; null if it is not to be told any more
   */
  @Nullable InFlightNotification parentBusy(ParentSession parent, String messageId) {
    InFlightNotification inFlight = end(parent, messageId);
    if (inFlight == null) {
      return null;
    }
    if (inFlight.phase() == NotificationPhase.DROPPED) {
      parentTasks.emptied(parent);
      return null;
    }
    // It stays recorded as owed until another takes its place.
    parent.putOff(messageId);
    return inFlight;
  }

  /**
   * A try has failed.
   *
   * @return how the notice has come to its end by that; null if it is tried again, or nobody waits
   *     for it any more
   */
  @Nullable Failure failed(ParentSession parent, String messageId, Code code) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null || !inFlight.phase().calling()) {
      return null;
    }
    boolean uncertain = code == Code.UNCERTAIN;
    if (inFlight.phase() == NotificationPhase.DROPPED) {
      end(parent, messageId);
      if (uncertain) {
        late(parent, inFlight);
      } else {
        parentTasks.emptied(parent);
      }
      return null;
    }
    inFlight.move(uncertain ? NotificationPhase.UNCERTAIN : NotificationPhase.UNSENT);
    switch (code) {
      case NOT_FOUND -> {
        return endInVain(parent, messageId, Failure.NOBODY_THERE);
      }
      case INVALID, UNSUPPORTED -> {
        // What the host may dislike are the agent and the model that go with it, so it is tried
        // without; if it is refused like that too, it would be for ever.
        if (inFlight.plain()) {
          return endInVain(parent, messageId, Failure.REFUSED);
        }
        inFlight.simplify();
        sendAnew(parent, inFlight);
      }
      case UNAVAILABLE, UNCERTAIN -> tryAgain(parent, inFlight);
    }
    return null;
  }

  private Failure endInVain(ParentSession parent, String messageId, Failure failure) {
    end(parent, messageId);
    unit.deliver(messageId);
    return failure;
  }

  /** A try that broke off is made again, if nothing else is under way. */
  void reviveAfterDefect(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight();
    if (inFlight != null && isLeft(inFlight)) {
      tryAgain(parent, inFlight);
    }
  }

  private boolean isLeft(InFlightNotification inFlight) {
    boolean tried =
        inFlight.phase() == NotificationPhase.UNCERTAIN
            || inFlight.phase() == NotificationPhase.UNSENT;
    return tried && (inFlight.retry() == null || !timers.contains(inFlight.retry()));
  }

  private void tryAgain(ParentSession parent, InFlightNotification inFlight) {
    int failures = inFlight.countFailure();
    long delay = Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(failures - 1, 16));
    inFlight.retry(
        timers.at(unit.now() + delay, new TimedEvent.NotificationRetry(parent, inFlight)));
  }

  /** Goes on after a restart with a notice that was under way; it is looked for first. */
  void resume(ParentSession parent, InFlightNotification inFlight) {
    parent.inFlight(inFlight);
    parent.account().sending(inFlight.messageId());
    inFlight.retry(
        timers.at(
            unit.now() + Timers.AFTER_RESTART_MILLIS,
            new TimedEvent.NotificationRetry(parent, inFlight)));
  }

  /** It is time for another try. */
  public void retry(ParentSession parent, InFlightNotification inFlight) {
    if (parent.inFlight() != inFlight) {
      return;
    }
    if (inFlight.phase() == NotificationPhase.UNCERTAIN) {
      unit.effect(inFlight.probe());
    } else {
      sendAnew(parent, inFlight);
    }
  }

  /** A notice turned out not to have arrived. */
  void missing(ParentSession parent, String messageId) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null) {
      return;
    }
    if (inFlight.phase() == NotificationPhase.DROPPED) {
      end(parent, messageId);
      parentTasks.emptied(parent);
    } else {
      inFlight.move(NotificationPhase.UNSENT);
      sendAnew(parent, inFlight);
    }
  }

  /** Goes on with what waits until a parent may be set to work. */
  void resumeHeld(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight();
    if (inFlight != null && inFlight.phase() == NotificationPhase.HELD) {
      inFlight.move(NotificationPhase.UNSENT);
      sendAnew(parent, inFlight);
    }
  }

  private void sendAnew(ParentSession parent, InFlightNotification inFlight) {
    if (inFlight.wakes() && !parentTasks.mayWork(parent)) {
      // It has come to rest since the first try.
      inFlight.move(NotificationPhase.HELD);
      return;
    }
    String messageId = messageIds.get();
    unit.rename(inFlight.messageId(), messageId);
    inFlight.rename(messageId);
    send(parent, inFlight);
  }

  /** A notice that nobody is owed any more has arrived, or perhaps has. */
  private void late(ParentSession parent, InFlightNotification inFlight) {
    parentTasks.woken(parent.session(), inFlight.messageId());
    parentTasks.emptied(parent);
  }

  // --- what is not owed any more

  /**
   * The parent has gone: nothing is owed any more. A notice that is under way may still arrive and
   * set it to work, so the answer to that is awaited.
   */
  void drop(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight();
    if (inFlight != null && inFlight.phase() != NotificationPhase.DROPPED) {
      unit.deliver(inFlight.messageId());
      timers.cancel(inFlight.retry());
      boolean open = inFlight.phase() == NotificationPhase.UNCERTAIN;
      if (inFlight.wakes() && inFlight.phase().calling()) {
        inFlight.move(NotificationPhase.DROPPED);
      } else {
        parent.inFlight(null);
        if (inFlight.wakes() && open) {
          parentTasks.woken(parent.session(), inFlight.messageId());
        }
      }
    }
    forgetPutOff(parent);
  }

  /** What is under way to a parent does not tell of a task any more. */
  void forget(LiveTask live) {
    InFlightNotification inFlight = live.parent().inFlight();
    if (inFlight != null && !inFlight.forget(live)) {
      drop(live.parent());
    }
  }

  /** A notice that was put off is not owed as it was: another takes its place, or none. */
  void forgetPutOff(ParentSession parent) {
    if (parent.putOff() != null) {
      unit.deliver(parent.putOff());
      parent.putOff(null);
    }
  }

  /** Takes out what is under way by that id; null if that is nothing. */
  private @Nullable InFlightNotification end(ParentSession parent, String messageId) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight != null) {
      timers.cancel(inFlight.retry());
      parent.inFlight(null);
    }
    return inFlight;
  }

  private static @Nullable InFlightNotification underWay(ParentSession parent, String messageId) {
    InFlightNotification inFlight = parent.inFlight();
    return inFlight != null && inFlight.messageId().equals(messageId) ? inFlight : null;
  }
}
