package dev.sideline.background.engine.react;

import dev.sideline.background.engine.calls.SendHandler;
import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.lifecycle.Followers;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.task.TaskStatus;

/**
 * What follows from what has happened to tasks, in one order: who waited is answered, then parents
 * are told, then those start that were to follow.
 */
public final class Reactions implements Signal.Handler {

  private final UnitOfWork unit;
  private final WaitingCalls waitingCalls;
  private final NotificationPolicy notifications;
  private final Followers followers;
  private final Archive archive;
  private final SendHandler sends;
  private final Observation observation;

  public Reactions(
      UnitOfWork unit,
      WaitingCalls waitingCalls,
      NotificationPolicy notifications,
      Followers followers,
      Archive archive,
      SendHandler sends,
      Observation observation) {
    this.unit = unit;
    this.waitingCalls = waitingCalls;
    this.notifications = notifications;
    this.followers = followers;
    this.archive = archive;
    this.sends = sends;
    this.observation = observation;
  }

  @Override
  public void on(Signal.Moved moved) {
    waitingCalls.onMoved(moved.live());
  }

  @Override
  public void on(Signal.AttentionRequested requested) {
    LiveTask live = requested.live();
    if (!live.needsAttention()) {
      // It has ended, or was answered, in the same step.
      return;
    }
    unit.run(() -> waitingCalls.onAttentionRequested(live));
    unit.run(() -> notifications.onAttentionRequested(live));
  }

  @Override
  public void on(Signal.Settled settled) {
    LiveTask live = settled.live();
    String session = live.record().session();
    boolean succeeded = live.status() == TaskStatus.COMPLETED;
    if (session != null) {
      unit.run(() -> waitingCalls.callerStopped(session));
    }
    unit.run(() -> waitingCalls.onMoved(live));
    unit.run(() -> notifications.onSettled(live));
    unit.run(() -> followers.onEnded(live, succeeded));
  }

  @Override
  public void on(Signal.Discarded discarded) {
    LiveTask live = discarded.live();
    unit.run(() -> archive.forget(live.record().id()));
    unit.run(() -> waitingCalls.onMoved(live));
    unit.run(() -> followers.onEnded(live, false));
    // It may have been the last that its siblings' wake was waiting for.
    unit.run(() -> notifications.advanceLater(live.parent()));
  }

  @Override
  public void on(Signal.Dropped dropped) {
    LiveTask live = dropped.live();
    String session = live.record().session();
    unit.run(() -> archive.drop(live.record().id()));
    if (session != null) {
      unit.run(() -> waitingCalls.callerStopped(session));
    }
    unit.run(() -> waitingCalls.onMoved(live));
    unit.run(() -> followers.onEnded(live, false));
    unit.run(() -> notifications.forget(live));
  }

  @Override
  public void on(Signal.ParentClosed closed) {
    unit.run(() -> notifications.drop(closed.parent()));
    unit.run(() -> archive.retire(closed.settled()));
  }

  @Override
  public void on(Signal.Retired retired) {
    archive.retire(retired.settled());
  }

  @Override
  public void on(Signal.ParentIdle idle) {
    notifications.parentIdle(idle.parent());
  }

  @Override
  public void on(Signal.ProbeWanted wanted) {
    observation.probe(wanted.live());
  }

  @Override
  public void on(Signal.MessageTaken taken) {
    observation.onMessageTaken(taken.live(), taken.certain());
  }

  @Override
  public void on(Signal.MessageLost lost) {
    observation.probe(lost.live());
  }

  @Override
  public void on(Signal.DeadlineSet deadline) {
    observation.watch(deadline.live());
  }

  @Override
  public void on(Signal.SendCompleted completed) {
    sends.completed(completed);
  }

  @Override
  public void on(Signal.ReplyCompleted completed) {
    sends.completed(completed);
  }
}
