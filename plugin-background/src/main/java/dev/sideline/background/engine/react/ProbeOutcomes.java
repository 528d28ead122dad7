package dev.sideline.background.engine.react;

import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.messaging.AnswerValidation;
import dev.sideline.background.engine.messaging.MessageSender;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.probe.ProbeOutcome;
import dev.sideline.background.engine.probe.SessionProber;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.requests.Requests;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Outcome.Reason;

/** What is done about what probes mean. */
public final class ProbeOutcomes implements ProbeOutcome.Handler {

  private final Slots slots;
  private final Lifecycle lifecycle;
  private final SessionProber prober;
  private final MessageSender messages;
  private final Requests requests;
  private final WaitingCalls waitingCalls;
  private final AnswerValidation validation;

  public ProbeOutcomes(
      Slots slots,
      Lifecycle lifecycle,
      SessionProber prober,
      MessageSender messages,
      Requests requests,
      WaitingCalls waitingCalls,
      AnswerValidation validation) {
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.prober = prober;
    this.messages = messages;
    this.requests = requests;
    this.waitingCalls = waitingCalls;
    this.validation = validation;
  }

  /** Whatever a probe means, it may show that the last message has arrived. */
  void probed(LiveTask live, ProbeResult result) {
    boolean missing = result.kind() == Kind.UNPROMPTED || result.kind() == Kind.NOT_FOUND;
    messages.probed(live, missing);
    if (live.slot().presumed()) {
      seen(live, result);
    }
  }

  /** It is known now whether a task is at work that may have been when the process began. */
  private void seen(LiveTask live, ProbeResult result) {
    if (result.busy() && !live.isHeld()) {
      slots.acquireForced(live);
    } else if (prober.showsRest(live, result)) {
      slots.atRest(live);
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Nothing outcome) {
    // The next probe has its time.
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.NotFound outcome) {
    lifecycle.onSessionDeleted(live);
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Stopped outcome) {
    lifecycle.endStopped(live, outcome.result().text(), outcome.result().textDropped());
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.InterruptEnded outcome) {
    if (outcome.quiet()) {
      waitingCalls.callerStopped(live.session());
      requests.drop(live);
      lifecycle.onRetried(live);
      // It is set to work in its turn.
      slots.release(live);
    }
    messages.interrupted(live, outcome.quiet());
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Finished outcome) {
    waitingCalls.callerStopped(live.session());
    validation.finished(live, outcome.result());
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.WaitsForOwn outcome) {
    waitingCalls.callerStopped(live.session());
    if (!outcome.beingWoken()) {
      slots.release(live);
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Broken outcome) {
    if (!messages.fallBack(live, false, false)) {
      end(live, Reason.SESSION_ERROR, outcome.why(), outcome.result());
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Interrupted outcome) {
    end(live, Reason.INTERRUPTED, outcome.why(), outcome.result());
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.AtWork outcome) {
    requests.confirmed(live);
    if (!live.isHeld() && live.slot().wanted().isEmpty()) {
      // Somebody has set it to work in the host.
      slots.acquireForced(live);
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Complained outcome) {
    if (!messages.fallBack(live, false, outcome.unprompted())) {
      lifecycle.end(live, Reason.SESSION_ERROR, outcome.why());
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Unprompted outcome) {
    if (!messages.repeat(live) && !messages.giveUpLast(live)) {
      prober.idle(live, outcome.result()).dispatch(live, this);
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Unanswered outcome) {
    if (!messages.repeatUnanswered(live)) {
      prober.idle(live, outcome.result()).dispatch(live, this);
    }
  }

  @Override
  public void on(LiveTask live, ProbeOutcome.Lost outcome) {
    boolean silent = outcome.result().kind() == Kind.SILENT;
    if (silent && messages.repeatUnanswered(live)) {
      return;
    }
    boolean mayGoOn = silent || outcome.result().kind() == Kind.WORKING;
    if (mayGoOn && messages.goOn(live)) {
      return;
    }
    if (mayGoOn && lifecycle.reportBrokenOff(live)) {
      prober.idleAgain(live);
      return;
    }
    end(live, Reason.LOST, outcome.why(), outcome.result());
  }

  private void end(LiveTask live, Reason reason, String why, ProbeResult result) {
    lifecycle.end(live, reason, why, result.text(), result.textDropped());
  }
}
