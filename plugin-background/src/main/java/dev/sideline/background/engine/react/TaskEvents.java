package dev.sideline.background.engine.react;

import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.lifecycle.Publisher;
import dev.sideline.background.engine.limits.BudgetGuard;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.task.TaskStatus;

/** Takes what is heard of the sessions of tasks. */
public final class TaskEvents {

  private final UnitOfWork unit;
  private final Lifecycle lifecycle;
  private final SessionProber prober;
  private final Requests requests;
  private final BudgetGuard budgets;
  private final Publisher publisher;

  public TaskEvents(
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
      live.signOfLife(unit);
      lifecycle.onStarted(live);
      if (part.toolUse() != null) {
        live.activity().report(part.toolUse());
        budgets.used(live);
      }
      atWork(live);
    } else if (event instanceof SessionEvent.MessageUpdated updated) {
      live.signOfLife(unit);
      message(live, updated.message());
    } else if (event instanceof SessionEvent.StatusChanged changed) {
      status(live, changed.status());
    } else if (event instanceof SessionEvent.Idle) {
      live.signOfLife(unit);
      prober.probe(live);
    } else if (event instanceof SessionEvent.Failed failed) {
      live.signOfLife(unit);
      live.probe().complain(failed.failure());
      prober.probe(live);
    } else if (event instanceof SessionEvent.RequestAsked asked) {
      live.signOfLife(unit);
      requests.asked(live, asked.request());
    } else if (event instanceof SessionEvent.RequestAnswered answered) {
      live.signOfLife(unit);
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
    if (live.activity().report(message.id(), message.usage())) {
      if (message.completedAt() != null) {
        // Not with each event: what comes before the message is complete, the next row tells.
        unit.markDirty(live);
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
    if (!live.status().active() || live.beingInterrupted()) {
      return;
    }
    long nextMillis = status.nextTry() == null ? 0 : status.nextTry().toEpochMilli();
    live.activity().retrying(status.reason(), nextMillis, unit.now());
    lifecycle.moveActive(live, TaskStatus.RETRYING);
    unit.signal(new Signal.DeadlineSet(live));
  }

  /** Seen at work; one that waits for an answer is shown as busy all the same. */
  private void atWork(LiveTask live) {
    live.probe().heardAtWork(unit.now());
    lifecycle.onRetried(live);
    boolean unasked =
        !live.slot().held() && !live.isBlocked() && live.status() == TaskStatus.RUNNING;
    if (unasked) {
      // Somebody may have set it to work in the host; or this is old.
      prober.probe(live);
    }
  }
}
