package dev.sideline.background.engine;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.task.TaskStatus;

/** Takes what is heard of the sessions of tasks. */
final class TaskEvents {

  private final UnitOfWork unit;
  private final Lifecycle lifecycle;
  private final SessionProber prober;
  private final Requests requests;
  private final BudgetGuard budgets;
  private final Publisher publisher;

  TaskEvents(
      UnitOfWork unit,
      Lifecycle lifecycle,
      SessionProber prober,
      Requests requests,
      BudgetGuard budgets,
      Publisher publisher) {
    this.unit = unit;
    this.lifecycle = lifecycle;
    this.prober = prober;
    this.requests = requests;
    this.budgets = budgets;
    this.publisher = publisher;
  }

  void observed(LiveTask live, SessionEvent event) {
    if (event instanceof SessionEvent.PartUpdated part) {
      live.signOfLife(unit.now());
      lifecycle.onStarted(live);
      if (part.toolUse() != null) {
        live.report(part.toolUse());
        budgets.used(live);
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
    } else if (event instanceof SessionEvent.RequestAnswered answered) {
      live.signOfLife(unit.now());
      requests.answeredInHost(live, answered.requestId());
    } else if (event instanceof SessionEvent.Deleted) {
      lifecycle.onSessionDeleted(live);
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
      budgets.used(live);
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
    unit.signal(new Signal.DeadlineSet(live));
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
