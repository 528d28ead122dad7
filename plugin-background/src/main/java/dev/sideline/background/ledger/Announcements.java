package dev.sideline.background.ledger;

import dev.sideline.api.SessionException.Code;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a parent is told of tasks that have ended, and sees to it that it arrives.
 *
 * <p>While others of its tasks are live, a parent is told of each that ends without being woken.
 * When the last has ended, it is woken, and told of all that have ended since it was woken the time
 * before. A parent has one notice under way at a time; what ends meanwhile is announced together by
 * the next. A task is announced by exactly one notice; one that its parent has cancelled itself, by
 * none.
 *
 * <p>A notice is recorded as owed with its message id before it is sent, and tried until it has
 * arrived or the parent has gone. When a try leaves open whether it arrived, the parent's messages
 * are looked at before the next. When it is known not to have arrived, the next try gets a new
 * message id: hosts order messages by id, and one older than the parent's last answer would not
 * wake it.
 */
final class Announcements {

  private static final long FIRST_RETRY_MILLIS = 1_000;
  private static final long LAST_RETRY_MILLIS = 60_000;

  /** What follows from a notice that has arrived. */
  interface Listener {

    /** Nothing is owed for these tasks any more, and no task of their parent's is live. */
    void retire(List<Entry> entries);

    /** Whether the parent of a family has its slot to itself, if it needs one. */
    boolean mayWork(Family family);

    /** No task of a family is live, so that its parent is about to be woken or has no reason to. */
    void allEnded(Family family);

    /** A session was set to work by a message. */
    void woken(String session, String messageId);

    /** The last that a family was waiting for has come. */
    void emptied(Family family);

    /** Nothing of a session is live any more, and it will not be woken for it. */
    void quiet(String session);
  }

  /** A notice that is under way. */
  static final class Delivery {
    private Notice notice;
    private final List<Entry> closes;
    private int failures;
    private Agenda.@Nullable Item retry;

    /** Whether the host is just being asked to take it, or whether it has. */
    private boolean calling = true;

    /** Whether the last try has left open whether it has arrived. */
    private boolean open;

    /** Whether nobody is to be told any more, and only the answer to the last call is awaited. */
    private boolean dropped;

    private Delivery(Notice notice, List<Entry> closes) {
      this.notice = notice;
      this.closes = closes;
    }

    /** Whether it may arrive, or have arrived, without our knowing. */
    boolean uncertain() {
      return calling || open;
    }

    boolean wakes() {
      return notice.wake();
    }
  }

  private final Turn turn;
  private final Agenda agenda;
  private final Supplier<String> messageIds;
  private final Listener listener;

  Announcements(Turn turn, Agenda agenda, Supplier<String> messageIds, Listener listener) {
    this.turn = turn;
    this.agenda = agenda;
    this.messageIds = messageIds;
    this.listener = listener;
  }

  /**
   * Takes a task that has ended.
   *
   * @param announce whether its parent is to be told of it
   */
  void ended(Entry entry, boolean announce) {
    Family family = entry.family;
    family.ended.add(entry);
    if (announce) {
      family.unannounced.add(entry);
      family.owesWake = true;
    }
    advance(family);
  }

  /** A notice has arrived. */
  void arrived(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    family.delivery = null;
    if (delivery.dropped) {
      tooLate(family, delivery);
      return;
    }
    turn.deliver(messageId);
    if (delivery.notice.wake()) {
      // Later ones have been appended behind those that this notice closes.
      family.ended.subList(0, delivery.closes.size()).clear();
      family.owesWake = !family.unannounced.isEmpty();
      listener.woken(family.parent, messageId);
      listener.retire(delivery.closes);
    }
    advance(family);
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
        tooLate(family, delivery);
      } else {
        listener.emptied(family);
      }
      return;
    }
    if (code == Code.NOT_FOUND) {
      // There is nobody to tell. What has ended stays readable for the sessions above, if any.
      family.owesWake = false;
      family.unannounced.clear();
      turn.deliver(messageId);
      family.delivery = null;
      advance(family);
      return;
    }
    delivery.failures++;
    long delay =
        Math.min(LAST_RETRY_MILLIS, FIRST_RETRY_MILLIS << Math.min(delivery.failures - 1, 16));
    Runnable next = code == Code.UNCERTAIN ? () -> probe(delivery) : () -> resend(delivery);
    delivery.retry = agenda.at(turn.now() + delay, next);
  }

  /** A notice turned out not to have arrived. */
  void missing(Family family, String messageId) {
    Delivery delivery = underWay(family, messageId);
    if (delivery == null) {
      return;
    }
    if (delivery.dropped) {
      family.delivery = null;
      listener.emptied(family);
    } else {
      resend(delivery);
    }
  }

  /**
   * The parent has gone: nothing is owed any more. A notice that is under way may still arrive and
   * set it to work, so the answer to that is awaited.
   */
  void drop(Family family) {
    Delivery delivery = family.delivery;
    if (delivery != null && !delivery.dropped) {
      turn.deliver(delivery.notice.messageId());
      if (delivery.retry != null) {
        agenda.cancel(delivery.retry);
      }
      if (delivery.wakes() && delivery.calling) {
        delivery.dropped = true;
      } else {
        family.delivery = null;
        if (delivery.wakes() && delivery.open) {
          listener.woken(family.parent, delivery.notice.messageId());
        }
      }
    }
    family.unannounced.clear();
    family.ended.clear();
    family.owesWake = false;
  }

  /** A notice that nobody is owed any more has arrived, or perhaps has. */
  private void tooLate(Family family, Delivery delivery) {
    listener.woken(family.parent, delivery.notice.messageId());
    listener.emptied(family);
  }

  private void probe(Delivery delivery) {
    delivery.calling = true;
    turn.effect(new Effect.ProbeNotice(delivery.notice));
  }

  private void resend(Delivery delivery) {
    delivery.calling = true;
    delivery.open = false;
    turn.deliver(delivery.notice.messageId());
    delivery.notice = delivery.notice.withMessageId(messageIds.get());
    turn.owe(delivery.notice);
    turn.effect(new Effect.SendNotice(delivery.notice));
  }

  /** Tells a parent what it can be told now. */
  void advance(Family family) {
    if (family.gone || family.delivery != null) {
      return;
    }
    boolean wake = family.live == 0;
    if (wake && !family.owesWake) {
      List<Entry> closed = new ArrayList<>(family.ended);
      family.ended.clear();
      listener.allEnded(family);
      if (!closed.isEmpty()) {
        listener.retire(closed);
        listener.quiet(family.parent);
      }
      return;
    }
    if (wake ? !listener.mayWork(family) : family.unannounced.isEmpty()) {
      return;
    }
    if (wake) {
      listener.allEnded(family);
    }
    Notice notice =
        new Notice(
            family.parent,
            messageIds.get(),
            tasks(family.unannounced),
            wake ? tasks(family.ended) : List.of(),
            List.of(),
            family.live,
            wake);
    family.delivery = new Delivery(notice, wake ? new ArrayList<>(family.ended) : List.of());
    family.unannounced.clear();
    turn.owe(notice);
    turn.effect(new Effect.SendNotice(notice));
  }

  private static List<Task> tasks(List<Entry> entries) {
    return entries.stream().map(entry -> entry.task).toList();
  }

  private static @Nullable Delivery underWay(Family family, String messageId) {
    Delivery delivery = family.delivery;
    return delivery != null && delivery.notice.messageId().equals(messageId) ? delivery : null;
  }
}
