package dev.sideline.background.engine;

import dev.sideline.background.engine.PendingNotifications.NotificationBatch;
import dev.sideline.background.task.Notice;
import org.jspecify.annotations.Nullable;

/** A notice that is under way. */
final class InFlightNotification {

  private Notice notice;
  private NotificationBatch batch;
  private final boolean evenIfBusy;

  /** Whether the host is just being asked to take it, or whether it has. */
  boolean calling = true;

  /** Whether the last try has left open whether it has arrived. */
  boolean open;

  /** Whether nobody is to be told any more, and only the answer to the last call is awaited. */
  boolean dropped;

  /** Whether it is to be sent again as soon as the parent may be set to work. */
  boolean held;

  /** Whether it is sent without an agent and a model, because the host has refused it with them. */
  boolean plain;

  int failures;
  Timers.@Nullable Timer retry;

  /**
   * @param batch what it tells
   * @param evenIfBusy whether it is sent to a parent that is at work, too
   */
  InFlightNotification(Notice notice, NotificationBatch batch, boolean evenIfBusy) {
    this.notice = notice;
    this.batch = batch;
    this.evenIfBusy = evenIfBusy;
  }

  Notice notice() {
    return notice;
  }

  NotificationBatch batch() {
    return batch;
  }

  String messageId() {
    return notice.messageId();
  }

  boolean wakes() {
    return notice.wake();
  }

  boolean announces(LiveTask live) {
    return batch.announced().contains(live);
  }

  /** Whether it may arrive, or have arrived, without our knowing. */
  boolean uncertain() {
    return calling || open;
  }

  /** Whether another try is to come. */
  boolean isRetried(Timers timers) {
    return retry != null && timers.contains(retry);
  }

  /** The host is asked to take it. */
  Effect send() {
    calling = true;
    open = false;
    return new Effect.SendNotice(notice, evenIfBusy, plain);
  }

  /** The host is asked whether it has taken it. */
  Effect probe() {
    calling = true;
    return new Effect.ProbeNotice(notice);
  }

  /** It does not tell of a task any more; tells whether there is anything left. */
  boolean forget(LiveTask live) {
    batch = batch.without(live);
    notice =
        new Notice(
            notice.parent(),
            notice.messageId(),
            batch.announcedTasks(),
            batch.endedTasks(),
            batch.attentionTasks(),
            notice.stillRunning(),
            notice.wake());
    return !batch.isEmpty();
  }

  /** It is known not to have arrived, and will be sent under another id. */
  void rename(String messageId) {
    notice = notice.withMessageId(messageId);
  }
}
