package dev.sideline.background.engine.react;

import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.ToolMeter;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.task.Outcome.Reason;
import org.jspecify.annotations.Nullable;

/** Takes what is heard of sessions that have launched tasks. */
public final class ParentEvents {

  private final OnParentInterrupted onInterrupted;
  private final Lifecycle lifecycle;
  private final NotificationPolicy notifications;
  private final WaitingCalls waitingCalls;

  public ParentEvents(
      Settings settings,
      Lifecycle lifecycle,
      NotificationPolicy notifications,
      WaitingCalls waitingCalls) {
    this.onInterrupted = settings.sessions().onParentInterrupted();
    this.lifecycle = lifecycle;
    this.notifications = notifications;
    this.waitingCalls = waitingCalls;
  }

  /**
   * Takes an event.
   *
   * @param own the task that runs in the session; null if it is not a task's
   */
  void observed(ParentSession parent, @Nullable LiveTask own, SessionEvent event) {
    if (event instanceof SessionEvent.MessageUpdated updated) {
      if (updated.message().role() == Role.USER) {
        parent.account().heard(updated.message().id());
      }
    } else if (own != null) {
      // Whether a task's session is idle is for a probe to tell.
      return;
    } else if (isIdle(event)) {
      if (!waitingCalls.any(parent.session())) {
        parent.inWaitingCall(false);
      }
      notifications.parentIdle(parent);
    } else if (event instanceof SessionEvent.PartUpdated part) {
      parent.inWaitingCall(parent.inWaitingCall() || isWaitingCall(part.toolUse()));
    } else if (event instanceof SessionEvent.Failed failed && failed.failure().aborted()) {
      waitingCalls.callerStopped(parent.session());
      interrupted(parent);
    }
  }

  static boolean isIdle(SessionEvent event) {
    return event instanceof SessionEvent.Idle
        || (event instanceof SessionEvent.StatusChanged changed
            && changed.status().kind() == SessionStatus.Kind.IDLE);
  }

  private static boolean isWaitingCall(@Nullable ToolUse use) {
    return use != null && !use.state().ended() && ToolMeter.isWaiting(use.tool());
  }

  /** Somebody has stopped the session in the host. */
  private void interrupted(ParentSession parent) {
    switch (onInterrupted) {
      case LEAVE -> {}
      case CANCEL ->
          lifecycle.stopTree(
              parent.session(),
              new StopReason(
                  Reason.CANCELLED, "the session that launched it was stopped", parent.session()));
      case DETACH -> notifications.silence(parent);
    }
  }
}
