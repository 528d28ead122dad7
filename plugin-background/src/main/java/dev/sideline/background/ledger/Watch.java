package dev.sideline.background.ledger;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.background.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/** Takes what is heard of sessions. It may be late, doubled or lost: nothing ends a task here. */
final class Watch {

  private final Turn turn;
  private final Roster roster;
  private final Lifecycle lifecycle;
  private final Waits waits;
  private final Looks looks;
  private final Requests requests;
  private final Guards guards;
  private final Publisher publisher;

  Watch(
      Turn turn,
      Roster roster,
      Lifecycle lifecycle,
      Waits waits,
      Looks looks,
      Requests requests,
      Guards guards,
      Publisher publisher) {
    this.turn = turn;
    this.roster = roster;
    this.lifecycle = lifecycle;
    this.waits = waits;
    this.looks = looks;
    this.requests = requests;
    this.guards = guards;
    this.publisher = publisher;
  }

  /**
   * Takes an event.
   *
   * @return whether it is to be asked what the sessions do, for one that calls of its wait in may
   *     have stopped
   */
  boolean observed(SessionEvent event) {
    Entry entry = roster.bySession(event.sessionId());
    if (entry != null && isFollowed(entry.task.status())) {
      ofTask(entry, event);
    }
    Family family = roster.family(event.sessionId());
    if (family != null) {
      ofParent(family, entry, event);
    }
    if (event instanceof SessionEvent.Deleted deleted) {
      lifecycle.parentDeleted(deleted.sessionId());
      waits.callerStopped(deleted.sessionId());
    }
    return entry == null && isIdle(event) && waits.any(event.sessionId());
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

  private void ofTask(Entry entry, SessionEvent event) {
    if (event instanceof SessionEvent.PartUpdated part) {
      entry.signOfLife(turn.now());
      lifecycle.hasBegun(entry);
      if (part.toolUse() != null) {
        entry.report(part.toolUse());
        guards.used(entry);
      }
      atWork(entry);
    } else if (event instanceof SessionEvent.MessageUpdated updated) {
      entry.signOfLife(turn.now());
      message(entry, updated.message());
    } else if (event instanceof SessionEvent.StatusChanged changed) {
      status(entry, changed.status());
    } else if (event instanceof SessionEvent.Idle) {
      entry.signOfLife(turn.now());
      looks.look(entry);
    } else if (event instanceof SessionEvent.Failed failed) {
      entry.signOfLife(turn.now());
      if (entry.complaint == null) {
        // What follows upon the first is most often its echo.
        entry.complaint = failed.failure();
      }
      looks.look(entry);
    } else if (event instanceof SessionEvent.RequestAsked asked) {
      entry.signOfLife(turn.now());
      requests.asked(entry, asked.request());
      guards.watch(entry);
    } else if (event instanceof SessionEvent.RequestAnswered answered) {
      entry.signOfLife(turn.now());
      requests.answeredInHost(entry, answered.requestId());
    } else if (event instanceof SessionEvent.Deleted) {
      looks.gone(entry);
    }
  }

  private void message(Entry entry, Message message) {
    if (message.role() != Role.ASSISTANT) {
      return;
    }
    lifecycle.hasBegun(entry);
    if (entry.report(message.id(), message.usage())) {
      if (message.completedAt() != null) {
        publisher.used(entry);
      }
      guards.used(entry);
    }
  }

  private void ofParent(Family family, @Nullable Entry own, SessionEvent event) {
    if (event instanceof SessionEvent.MessageUpdated updated) {
      if (updated.message().role() == Role.USER) {
        family.account.heard(updated.message().id());
      }
    } else if (own != null) {
      // Whether a task's session is idle is for a look to tell.
      return;
    } else if (isIdle(event)) {
      if (!waits.any(family.parent)) {
        family.inWaitingCall = false;
      }
      lifecycle.announcements().parentIdle(family);
    } else if (event instanceof SessionEvent.PartUpdated part) {
      family.inWaitingCall |= isWaitingCall(part.toolUse());
    } else if (event instanceof SessionEvent.Failed failed && failed.failure().aborted()) {
      waits.callerStopped(family.parent);
      lifecycle.parentInterrupted(family.parent);
    }
  }

  /** What the host says of a session's work. */
  void status(Entry entry, SessionStatus status) {
    switch (status.kind()) {
      case BUSY -> atWork(entry);
      case RETRYING -> retrying(entry, status);
      case IDLE -> looks.look(entry);
    }
  }

  private void retrying(Entry entry, SessionStatus status) {
    if (!entry.task.status().active() || entry.beingInterrupted()) {
      return;
    }
    entry.waitsFor(status.reason());
    entry.nextTryMillis = status.nextTry() == null ? 0 : status.nextTry().toEpochMilli();
    if (entry.retryingSinceMillis == 0) {
      entry.retryingSinceMillis = turn.now();
    }
    lifecycle.moveActive(entry, TaskStatus.RETRYING);
    guards.watch(entry);
  }

  /** Seen at work; one that waits for an answer is shown as busy all the same. */
  private void atWork(Entry entry) {
    entry.idleSinceMillis = 0;
    entry.heardAtWorkMillis = turn.now();
    if (entry.task.status() == TaskStatus.RETRYING) {
      entry.waitsFor(null);
      entry.nextTryMillis = 0;
      entry.retryingSinceMillis = 0;
      lifecycle.moveActive(entry, TaskStatus.RUNNING);
    }
    boolean unasked =
        !entry.working && entry.blockedCalls == 0 && entry.task.status() == TaskStatus.RUNNING;
    if (unasked) {
      // Somebody may have set it to work in the host; or this is old.
      looks.look(entry);
    }
  }
}
