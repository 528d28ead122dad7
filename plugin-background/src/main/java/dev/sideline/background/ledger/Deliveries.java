package dev.sideline.background.ledger;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.ledger.News.Telling;
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
final class Deliveries {

  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /** What follows from what has become of a notice. */
  interface Listener {

    /** A notice has arrived. */
    void arrived(Family family, Delivery delivery);

    /** The parent was at work, and was not told. */
    void parentBusy(Family family, Delivery delivery);

    /** There is nobody to tell. */
    void nobodyThere(Family family);

    /** The host takes the notice in no form. */
    void refused(Family family, Delivery delivery);
  }

  private final Turn turn;
  private final Agenda agenda;
  private final Supplier<String> messageIds;
  private final Announcements.Listener parents;
  private final Listener listener;

  /**
   * @param parents asked whether a parent may work, and told of those that a notice may have woken
   * @param listener told of the rest
   */
  Deliveries(
      Turn turn,
      Agenda agenda,
      Supplier<String> messageIds,
      Announcements.Listener parents,
      Listener listener) {
    this.turn = turn;
    this.agenda = agenda;
    this.messageIds = messageIds;
    this.parents = parents;
    this.listener = listener;
  }

  /**
   * Sends a notice.
   *
   * @param evenIfBusy whether also to a parent that is at work
   */
  void send(Family family, String messageId, Telling telling, boolean wake, boolean evenIfBusy) {
    Notice notice = noticeOf(family, messageId, telling, wake);
    Delivery delivery = new Delivery(notice, telling, evenIfBusy);
    family.delivery = delivery;
    forgetPutOff(family);
    send(family, delivery);
  }

  private static Notice noticeOf(Family family, String messageId, Telling telling, boolean wake) {
    return new Notice(
        family.parent,
        messageId,
        telling.announcedTasks(),
        telling.endedTasks(),
        telling.attentionTasks(),
        family.live,
        wake);
  }

  private void send(Family family, Delivery delivery) {
    family.account.sending(delivery.messageId());
    turn.owe(delivery.notice());
    turn.effect(delivery.send());
  }

  // --- what becomes of it

  void arrived(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    family.delivery = null;
    if (delivery.dropped) {
      late(family, delivery);
    } else {
      turn.deliver(messageId);
      listener.arrived(family, delivery);
    }
  }

  /** The parent was at work, and was not told. It may read meanwhile what it was to be told. */
  void parentBusy(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    family.delivery = null;
    if (delivery.dropped) {
      parents.emptied(family);
    } else {
      // It stays recorded as owed until another takes its place.
      family.putOff = messageId;
      listener.parentBusy(family, delivery);
    }
  }

  /** A try has failed. */
  void failed(Family family, String messageId, Code code) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    delivery.calling = false;
    delivery.open = code == Code.UNCERTAIN;
    if (delivery.dropped) {
      family.delivery = null;
      if (delivery.open) {
        late(family, delivery);
      } else {
        parents.emptied(family);
      }
    } else if (code == Code.NOT_FOUND) {
      family.delivery = null;
      turn.deliver(messageId);
      listener.nobodyThere(family);
    } else if (code == Code.INVALID || code == Code.UNSUPPORTED) {
      refused(family, delivery);
    } else {
      delivery.failures++;
      tryAgain(family, delivery);
    }
  }

  /**
   * The host will not take a notice. What it may dislike are the agent and the model that go with
   * it, so it is tried without; if it is refused like that too, it would be for ever.
   */
  private void refused(Family family, Delivery delivery) {
    if (delivery.plain) {
      family.delivery = null;
      turn.deliver(delivery.messageId());
      listener.refused(family, delivery);
    } else {
      delivery.plain = true;
      sendAnew(family, delivery);
    }
  }

  /** A try that broke off is made again, if nothing else is under way. */
  void reviveAfterDefect(Family family) {
    Delivery delivery = family.delivery;
    if (delivery != null && !delivery.calling && !delivery.held && !delivery.isRetried(agenda)) {
      delivery.failures++;
      tryAgain(family, delivery);
    }
  }

  private void tryAgain(Family family, Delivery delivery) {
    long delay =
        Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(delivery.failures - 1, 16));
    delivery.retry =
        agenda.at(
            turn.now() + delay,
            () -> {
              if (delivery.open) {
                turn.effect(delivery.probe());
              } else {
                sendAnew(family, delivery);
              }
            });
  }

  /** A notice turned out not to have arrived. */
  void missing(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    if (delivery.dropped) {
      family.delivery = null;
      parents.emptied(family);
    } else {
      delivery.calling = false;
      delivery.open = false;
      sendAnew(family, delivery);
    }
  }

  /** Goes on with what waits until a parent may be set to work. */
  void goOn(Family family) {
    Delivery delivery = family.delivery;
    if (delivery != null && delivery.held) {
      delivery.held = false;
      sendAnew(family, delivery);
    }
  }

  private void sendAnew(Family family, Delivery delivery) {
    if (delivery.wakes() && !parents.mayWork(family)) {
      // It has come to rest since the first try.
      delivery.held = true;
      return;
    }
    String messageId = messageIds.get();
    turn.deliver(delivery.messageId());
    delivery.rename(messageId);
    send(family, delivery);
  }

  /** A notice that nobody is owed any more has arrived, or perhaps has. */
  private void late(Family family, Delivery delivery) {
    parents.woken(family.parent, delivery.messageId());
    parents.emptied(family);
  }

  // --- what is not owed any more

  /**
   * The parent has gone: nothing is owed any more. A notice that is under way may still arrive and
   * set it to work, so the answer to that is awaited.
   */
  void drop(Family family) {
    Delivery delivery = family.delivery;
    if (delivery != null && !delivery.dropped) {
      turn.deliver(delivery.messageId());
      if (delivery.retry != null) {
        agenda.cancel(delivery.retry);
      }
      if (delivery.wakes() && delivery.calling) {
        delivery.dropped = true;
      } else {
        family.delivery = null;
        if (delivery.wakes() && delivery.open) {
          parents.woken(family.parent, delivery.messageId());
        }
      }
    }
    forgetPutOff(family);
  }

  /** A notice that was put off is not owed as it was: another takes its place, or none. */
  void forgetPutOff(Family family) {
    if (family.putOff != null) {
      turn.deliver(family.putOff);
      family.putOff = null;
    }
  }

  private static @Nullable Delivery underWay(Family family, String messageId) {
    Delivery delivery = family.delivery;
    return delivery != null && delivery.messageId().equals(messageId) ? delivery : null;
  }
}
