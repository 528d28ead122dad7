package dev.sideline.background.engine;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.PendingNotifications.NotificationBatch;
import dev.sideline.background.task.Notice;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that notices arrive, one for a parent at a time.
 *
 * <p>A notice is recorded as owed with its message id before it is sent, and tried until it has
 * arrived, the parent has gone, or the host has refused it in every form. When a try leaves open
 * whether it arrived, the parent's messages are looked at before the next. When it is known not to
 * have arrived, the next try gets a new message id: hosts order messages by id, and one older than
 * the parent's last answer would not wake it.
 */
final class NotificationSender {

  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /** What follows from what has become of a notice. */
  interface Listener {

    /** A notice has arrived. */
    void arrived(ParentSession parent, InFlightNotification inFlight);

    /** The parent was at work, and was not told. */
    void parentBusy(ParentSession parent, InFlightNotification inFlight);

    /** There is nobody to tell. */
    void nobodyThere(ParentSession parent);

    /** The host takes the notice in no form. */
    void refused(ParentSession parent, InFlightNotification inFlight);
  }

  private final UnitOfWork unit;
  private final Timers timers;
  private final Supplier<String> messageIds;
  private final NotificationPolicy.Listener parents;
  private final Listener listener;

  /**
   * @param parents asked whether a parent may work, and told of those that a notice may have woken
   * @param listener told of the rest
   */
  NotificationSender(
      UnitOfWork unit,
      Timers timers,
      Supplier<String> messageIds,
      NotificationPolicy.Listener parents,
      Listener listener) {
    this.unit = unit;
    this.timers = timers;
    this.messageIds = messageIds;
    this.parents = parents;
    this.listener = listener;
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
    Notice notice = noticeOf(parent, messageId, batch, wake);
    InFlightNotification inFlight = new InFlightNotification(notice, batch, evenIfBusy);
    parent.inFlight = inFlight;
    forgetPutOff(parent);
    unit.owe(notice);
    send(parent, inFlight);
  }

  private static Notice noticeOf(
      ParentSession parent, String messageId, NotificationBatch batch, boolean wake) {
    return new Notice(
        parent.session,
        messageId,
        batch.announcedTasks(),
        batch.endedTasks(),
        batch.attentionTasks(),
        parent.liveTasks,
        wake);
  }

  private void send(ParentSession parent, InFlightNotification inFlight) {
    parent.account.sending(inFlight.messageId());
    unit.effect(inFlight.send());
  }

  // --- what becomes of it

  void arrived(ParentSession parent, String messageId) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null) {
      return;
    }
    parent.inFlight = null;
    if (inFlight.dropped) {
      late(parent, inFlight);
    } else {
      unit.deliver(messageId);
      listener.arrived(parent, inFlight);
    }
  }

  /** The parent was at work, and was not told. It may read meanwhile what it was to be told. */
  void parentBusy(ParentSession parent, String messageId) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null) {
      return;
    }
    parent.inFlight = null;
    if (inFlight.dropped) {
      parents.emptied(parent);
    } else {
      // It stays recorded as owed until another takes its place.
      parent.putOff = messageId;
      listener.parentBusy(parent, inFlight);
    }
  }

  /** A try has failed. */
  void failed(ParentSession parent, String messageId, Code code) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null) {
      return;
    }
    inFlight.calling = false;
    inFlight.open = code == Code.UNCERTAIN;
    if (inFlight.dropped) {
      parent.inFlight = null;
      if (inFlight.open) {
        late(parent, inFlight);
      } else {
        parents.emptied(parent);
      }
    } else if (code == Code.NOT_FOUND) {
      parent.inFlight = null;
      unit.deliver(messageId);
      listener.nobodyThere(parent);
    } else if (code == Code.INVALID || code == Code.UNSUPPORTED) {
      refused(parent, inFlight);
    } else {
      inFlight.failures++;
      tryAgain(parent, inFlight);
    }
  }

  /**
   * The host will not take a notice. What it may dislike are the agent and the model that go with
   * it, so it is tried without; if it is refused like that too, it would be for ever.
   */
  private void refused(ParentSession parent, InFlightNotification inFlight) {
    if (inFlight.plain) {
      parent.inFlight = null;
      unit.deliver(inFlight.messageId());
      listener.refused(parent, inFlight);
    } else {
      inFlight.plain = true;
      sendAnew(parent, inFlight);
    }
  }

  /** A try that broke off is made again, if nothing else is under way. */
  void reviveAfterDefect(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight;
    if (inFlight != null && !inFlight.calling && !inFlight.held && !inFlight.isRetried(timers)) {
      inFlight.failures++;
      tryAgain(parent, inFlight);
    }
  }

  private void tryAgain(ParentSession parent, InFlightNotification inFlight) {
    long delay =
        Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(inFlight.failures - 1, 16));
    inFlight.retry =
        timers.at(
            unit.now() + delay,
            () -> {
              if (inFlight.open) {
                unit.effect(inFlight.probe());
              } else {
                sendAnew(parent, inFlight);
              }
            });
  }

  /** A notice turned out not to have arrived. */
  void missing(ParentSession parent, String messageId) {
    InFlightNotification inFlight = underWay(parent, messageId);
    if (inFlight == null) {
      return;
    }
    if (inFlight.dropped) {
      parent.inFlight = null;
      parents.emptied(parent);
    } else {
      inFlight.calling = false;
      inFlight.open = false;
      sendAnew(parent, inFlight);
    }
  }

  /** Goes on with what waits until a parent may be set to work. */
  void resumeHeld(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight;
    if (inFlight != null && inFlight.held) {
      inFlight.held = false;
      sendAnew(parent, inFlight);
    }
  }

  private void sendAnew(ParentSession parent, InFlightNotification inFlight) {
    if (inFlight.wakes() && !parents.mayWork(parent)) {
      // It has come to rest since the first try.
      inFlight.held = true;
      return;
    }
    String messageId = messageIds.get();
    unit.rename(inFlight.messageId(), messageId);
    inFlight.rename(messageId);
    send(parent, inFlight);
  }

  /** A notice that nobody is owed any more has arrived, or perhaps has. */
  private void late(ParentSession parent, InFlightNotification inFlight) {
    parents.woken(parent.session, inFlight.messageId());
    parents.emptied(parent);
  }

  // --- what is not owed any more

  /**
   * The parent has gone: nothing is owed any more. A notice that is under way may still arrive and
   * set it to work, so the answer to that is awaited.
   */
  void drop(ParentSession parent) {
    InFlightNotification inFlight = parent.inFlight;
    if (inFlight != null && !inFlight.dropped) {
      unit.deliver(inFlight.messageId());
      if (inFlight.retry != null) {
        timers.cancel(inFlight.retry);
      }
      if (inFlight.wakes() && inFlight.calling) {
        inFlight.dropped = true;
      } else {
        parent.inFlight = null;
        if (inFlight.wakes() && inFlight.open) {
          parents.woken(parent.session, inFlight.messageId());
        }
      }
    }
    forgetPutOff(parent);
  }

  /** A notice that was put off is not owed as it was: another takes its place, or none. */
  void forgetPutOff(ParentSession parent) {
    if (parent.putOff != null) {
      unit.deliver(parent.putOff);
      parent.putOff = null;
    }
  }

  private static @Nullable InFlightNotification underWay(ParentSession parent, String messageId) {
    InFlightNotification inFlight = parent.inFlight;
    return inFlight != null && inFlight.messageId().equals(messageId) ? inFlight : null;
  }
}
