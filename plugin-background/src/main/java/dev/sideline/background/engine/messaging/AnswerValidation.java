package dev.sideline.background.engine.messaging;

import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.MessageQueue.Message;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.MessagePurpose;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.task.Outcome.Reason;

/**
 * What is done with the answer of a task. If it has to fit a schema and does not, its agent may
 * mend it once.
 */
public final class AnswerValidation {

  private final UnitOfWork unit;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final MessageSender messages;

  public AnswerValidation(
      UnitOfWork unit, Slots slots, Lifecycle lifecycle, MessageSender messages) {
    this.unit = unit;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.messages = messages;
  }

  /** The agent of a task has given its answer. */
  public void finished(LiveTask live, ProbeResult result) {
    String schema = live.record().spec().resultSchema();
    if (schema != null) {
      if (live.answerCheck().begin(result)) {
        String answer = result.structured() == null ? result.text() : result.structured();
        unit.effect(
            new Effect.CheckResult(live.record().id(), live.record().activation(), schema, answer));
      }
      return;
    }
    Reason reason = Reason.OK;
    String detail = null;
    if (result.text().isEmpty()) {
      reason = Reason.EMPTY;
    } else if (result.cutOff()) {
      reason = Reason.PARTIAL;
      detail = "its model stopped at its limit on the length of an answer";
    }
    lifecycle.end(live, reason, detail, result.text(), result.textDropped());
  }

  /** What becomes known of the answer does not matter any more. */
  public void drop(LiveTask live) {
    ProbeResult unused = live.answerCheck().end();
  }

  /** It is known whether the answer fits. */
  public void checked(LiveTask live, ResultCheck check) {
    ProbeResult result = live.answerCheck().end();
    if (result == null || !live.status().active()) {
      return;
    }
    if (check.json() != null) {
      lifecycle.end(live, Reason.OK, null, check.json(), 0);
    } else if (live.answerCheck().repair()) {
      unit.markDirty(live);
      slots.release(live);
      messages.send(live, Message.of(MessagePurpose.REPAIR, Instructions.repair(check.problems())));
    } else {
      lifecycle.end(
          live,
          Reason.REJECTED,
          String.join("; ", check.problems()),
          result.text(),
          result.textDropped());
    }
  }
}
