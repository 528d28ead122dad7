package dev.sideline.background.engine;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.background.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/** Takes what is heard of sessions. It may be late, doubled or lost: nothing ends a task here. */
final class SessionEventHandler {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Lifecycle lifecycle;
  private final WaitingCalls waitingCalls;
  private final SessionProber prober;
  private final Requests requests;
  private final Watchdog watchdog;
  private final Publisher publisher;

  SessionEventHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      Lifecycle lifecycle,
      WaitingCalls waitingCalls,
      SessionProber prober,
      Requests requests,
      Watchdog watchdog,
      Publisher publisher) {
    this.unit = unit;
    this.registry = registry;
    this.lifecycle = lifecycle;
    this.waitingCalls = waitingCalls;
    this.prober = prober;
    this.requests = requests;
    this.watchdog = watchdog;
    this.publisher = publisher;
  }

  /**
   * Takes an event.
   *
   * @return whether it is to be asked what the sessions do, for one that calls of its wait in may
   *     have stopped
   */
  boolean observed(SessionEvent event) {
    LiveTask live = registry.bySession(event.sessionId());
    if (live != null && isFollowed(live.task.status())) {
      ofTask(live, event);
    }
    ParentSession parent = registry.parent(event.sessionId());
    if (parent != null) {
      ofParent(parent, live, event);
    }
    if (event instanceof SessionEvent.Deleted deleted) {
      lifecycle.parentDeleted(deleted.sessionId());
      waitingCalls.callerStopped(deleted.sessionId());
    }
    return live == null && isIdle(event) && waitingCalls.any(event.sessionId());
  }

  private static boolean isIdle(SessionEvent event) {
    return event instanceof SessionEvent.Idle
        || (event instanceof SessionEvent.StatusChanged changed
            && changed.status().kind() == SessionStatus.Kind.IDLE);
  }

  private static boolean isWaitingCall(@Nullable ToolUse use) {
    return use != null && !use.state().ended() && ToolMeter.isWaiting(use.tool());
  }

  private static boolean isFollowed(TaskStatus status) {
    return !status.terminal() && status != TaskStatus.PENDING;
  }

  private void ofTask(LiveTask live, SessionEvent event) {
    if (event instanceof SessionEvent.PartUpdated part) {
      live.signOfLife(unit.now());
      lifecycle.onStarted(live);
      if (part.toolUse() != null) {
        live.report(part.toolUse());
        watchdog.used(live);
      }
      atWork(live);
    } else if (event instanceof SessionEvent.MessageUpdated updated) {
      live.signOfLife(unit.now());
      message(live, updated.message());
    } else if (event instanceof SessionEvent.StatusChanged changed) {
      status(live, changed.status());
    } else if (event instanceof SessionEvent.Idle) {
      live.signOfLife(unit.now());
      prober.probe(live);
    } else if (event instanceof SessionEvent.Failed failed) {
      live.signOfLife(unit.now());
      if (live.complaint == null) {
        // What follows upon the first is most often its echo.
        live.complaint = failed.failure();
      }
      prober.probe(live);
    } else if (event instanceof SessionEvent.RequestAsked asked) {
      live.signOfLife(unit.now());
      requests.asked(live, asked.request());
      watchdog.watch(live);
    } else if (event instanceof SessionEvent.RequestAnswered answered) {
      live.signOfLife(unit.now());
      requests.answeredInHost(live, answered.requestId());
    } else if (event instanceof SessionEvent.Deleted) {
      prober.onSessionDeleted(live);
    }
  }

  private void message(LiveTask live, Message message) {
    if (message.role() != Role.ASSISTANT) {
      return;
    }
    lifecycle.onStarted(live);
    if (live.report(message.id(), message.usage())) {
      if (message.completedAt() != null) {
        publisher.used(live);
      }
      watchdog.used(live);
    }
  }

  private void ofParent(ParentSession parent, @Nullable LiveTask own, SessionEvent event) {
    if (event instanceof SessionEvent.MessageUpdated updated) {
      if (updated.message().role() == Role.USER) {
        parent.account.heard(updated.message().id());
      }
    } else if (own != null) {
      // Whether a task's session is idle is for a look to tell.
      return;
    } else if (isIdle(event)) {
      if (!waitingCalls.any(parent.session)) {
        parent.inWaitingCall = false;
      }
      lifecycle.notifications().parentIdle(parent);
    } else if (event instanceof SessionEvent.PartUpdated part) {
      parent.inWaitingCall |= isWaitingCall(part.toolUse());
    } else if (event instanceof SessionEvent.Failed failed && failed.failure().aborted()) {
      waitingCalls.callerStopped(parent.session);
      lifecycle.parentInterrupted(parent.session);
    }
  }

  /** What the host says of a session's work. */
  void status(LiveTask live, SessionStatus status) {
    switch (status.kind()) {
      case BUSY -> atWork(live);
      case RETRYING -> retrying(live, status);
      case IDLE -> prober.probe(live);
    }
  }

  private void retrying(LiveTask live, SessionStatus status) {
    if (!live.task.status().active() || live.beingInterrupted()) {
      return;
    }
    live.waitsFor(status.reason());
    live.nextTryMillis = status.nextTry() == null ? 0 : status.nextTry().toEpochMilli();
    if (live.retryingSinceMillis == 0) {
      live.retryingSinceMillis = unit.now();
    }
    lifecycle.moveActive(live, TaskStatus.RETRYING);
    watchdog.watch(live);
  }

  /** Seen at work; one that waits for an answer is shown as busy all the same. */
  private void atWork(LiveTask live) {
    live.idleSinceMillis = 0;
    live.heardAtWorkMillis = unit.now();
    if (live.task.status() == TaskStatus.RETRYING) {
      live.waitsFor(null);
      live.nextTryMillis = 0;
      live.retryingSinceMillis = 0;
      lifecycle.moveActive(live, TaskStatus.RUNNING);
    }
    boolean unasked =
        !live.working && live.blockedCalls == 0 && live.task.status() == TaskStatus.RUNNING;
    if (unasked) {
      // Somebody may have set it to work in the host; or this is old.
      prober.probe(live);
    }
  }
}
