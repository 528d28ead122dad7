package dev.sideline.background.engine.limits;

import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.messaging.Instructions;
import dev.sideline.background.engine.messaging.MessageSender;
import dev.sideline.background.engine.messaging.SessionOpener;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.MessagePurpose;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.List;

/** What is done about tasks whose time is over. */
public final class OverdueTasks {

  private final Settings.Watchdog settings;
  private final UnitOfWork unit;
  private final Deadlines deadlines;
  private final Lifecycle lifecycle;
  private final SessionOpener opener;
  private final MessageSender messages;
  private final Requests requests;

  public OverdueTasks(
      Settings settings,
      UnitOfWork unit,
      Deadlines deadlines,
      Lifecycle lifecycle,
      SessionOpener opener,
      MessageSender messages,
      Requests requests) {
    this.settings = settings.watchdog();
    this.unit = unit;
    this.deadlines = deadlines;
    this.lifecycle = lifecycle;
    this.opener = opener;
    this.messages = messages;
    this.requests = requests;
  }

  /** The time of a task is over, or that of something in it. */
  void act(LiveTask live) {
    long now = unit.now();
    if (deadlines.ofTask(live) <= now) {
      String detail =
          "it has not ended within " + live.record().options().timeoutMillis() / 1_000 + " s";
      lifecycle.stop(live, new StopReason(Reason.TIMED_OUT, detail, null));
    } else if (deadlines.ofStart(live) <= now) {
      opener.startedInVain(
          live,
          "nothing was heard of its start for " + deadlines.longestStartMillis() / 1_000 + " s");
    } else if (deadlines.ofRetrying(live) <= now) {
      triedTooLong(live);
    } else if (deadlines.ofSilence(live) <= now) {
      silent(live);
    }
    for (Request request : List.copyOf(live.requests())) {
      if (request.isDue(now)) {
        requests.timedOut(live, request);
      }
    }
  }

  private void triedTooLong(LiveTask live) {
    live.activity().triedInVain();
    if (!messages.fallBack(live, true, false)) {
      String detail =
          "its model was tried again and again for " + settings.retrying().toSeconds() + " s";
      lifecycle.stop(live, new StopReason(Reason.SESSION_ERROR, detail, null));
    }
  }

  private void silent(LiveTask live) {
    if (live.stalledSinceMillis() == 0) {
      // Its messages tell whether it was really silent, or only nothing was heard of it.
      live.activity().verifySilence(true);
      unit.signal(new Signal.ProbeWanted(live));
      return;
    }
    String detail =
        "it gave no sign of life for more than "
            + (unit.now() - Math.max(live.lastActivityMillis(), live.record().startedMillis()))
                / 1_000
            + " s";
    if (settings.onStall() == OnStall.NUDGE && live.activity().nudge()) {
      unit.markDirty(live);
      messages.send(live, Message.interrupting(MessagePurpose.NUDGE, Instructions.NUDGE));
    } else {
      Reason reason = settings.onStall() == OnStall.CANCEL ? Reason.CANCELLED : Reason.STALLED;
      lifecycle.stop(live, new StopReason(reason, detail, null));
    }
  }

  /** A probe has shown whether a task that was not heard of has got any further. */
  void silenceVerified(LiveTask live, boolean further) {
    live.activity().verifySilence(false);
    if (further || live.status() != TaskStatus.RUNNING) {
      live.signOfLife(unit);
    } else if (live.stalledSinceMillis() == 0) {
      live.activity().stalled(unit.now());
      lifecycle.requestAttention(live);
    }
  }
}
