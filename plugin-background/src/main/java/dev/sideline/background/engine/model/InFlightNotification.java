package dev.sideline.background.engine.model;

import dev.sideline.background.engine.model.PendingNotifications.NotificationBatch;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.task.Notice;
import org.jspecify.annotations.Nullable;

/** A notice that is under way. */
public final class InFlightNotification {

  private Notice notice;
  private NotificationBatch batch;
  private final boolean evenIfBusy;
  private NotificationPhase phase = NotificationPhase.UNSENT;
  private boolean plain;
  private int failures;
  private @Nullable Timer retry;

  /**
   * @param batch what it tells
   * @param evenIfBusy whether it is sent to a parent that is at work, too
   */
  public InFlightNotification(Notice notice, NotificationBatch batch, boolean evenIfBusy) {
    this.notice = notice;
    this.batch = batch;
    this.evenIfBusy = evenIfBusy;
  }

  /** One that was under way when the process ended: perhaps it has arrived. */
  public static InFlightNotification restored(Notice notice, NotificationBatch batch) {
    InFlightNotification restored = new InFlightNotification(notice, batch, false);
    restored.phase = NotificationPhase.UNCERTAIN;
    return restored;
  }

  public Notice notice() {
    return notice;
  }

  public NotificationBatch batch() {
    return batch;
  }

  public String messageId() {
    return notice.messageId();
  }

  public boolean wakes() {
    return notice.wake();
  }

  public boolean announces(LiveTask live) {
    return batch.announced().contains(live);
  }

  // --- how far it is

  public NotificationPhase phase() {
    return phase;
  }

  public void move(NotificationPhase next) {
    if (!phase.canMoveTo(next)) {
      throw new IllegalStateException("a notice cannot move from " + phase + " to " + next);
    }
    phase = next;
  }

  /** The host is asked to take it. */
  public Effect send() {
    move(NotificationPhase.SENDING);
    return new Effect.SendNotice(notice, evenIfBusy, plain);
  }

  /** The host is asked whether it has taken it. */
  public Effect probe() {
    move(NotificationPhase.PROBING);
    return new Effect.ProbeNotice(notice);
  }

  /** It does not tell of a task any more; tells whether there is anything left. */
  public boolean forget(LiveTask live) {
    batch = batch.without(live);
    notice =
        batch.notice(notice.parent(), notice.messageId(), notice.stillRunning(), notice.wake());
    return !batch.isEmpty();
  }

  /** Whether it is sent without an agent and a model, because the host has refused it with them. */
  public boolean plain() {
    return plain;
  }

  public void simplify() {
    plain = true;
  }

  /** It is known not to have arrived, and will be sent under another id. */
  public void rename(String messageId) {
    notice = notice.withMessageId(messageId);
  }

  // --- when it is tried again

  /** A try has failed; tells how many have. */
  public int countFailure() {
    return ++failures;
  }

  /** When it is tried again; null if that has no time. */
  public @Nullable Timer retry() {
    return retry;
  }

  public void retry(@Nullable Timer timer) {
    retry = timer;
  }
}
