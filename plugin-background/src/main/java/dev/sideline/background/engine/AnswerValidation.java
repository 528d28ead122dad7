package dev.sideline.background.engine;

import dev.sideline.background.engine.MessageQueue.Message;
import dev.sideline.background.engine.MessageQueue.Purpose;
import dev.sideline.background.task.Outcome.Reason;

/**
 * What is done with the answer of a task. If it has to fit a schema and does not, its agent may
 * mend it once.
 */
final class AnswerValidation {

  private final UnitOfWork unit;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final MessageSender messages;

  AnswerValidation(UnitOfWork unit, Slots slots, Lifecycle lifecycle, MessageSender messages) {
    this.unit = unit;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.messages = messages;
  }

  /** The agent of a task has given its answer. */
  void finished(LiveTask live, ProbeResult result) {
    String schema = live.task.spec().resultSchema();
    if (schema != null) {
      if (!live.checking) {
        live.checking = true;
        live.answer = result;
        String answer = result.structured() == null ? result.text() : result.structured();
        unit.effect(new Effect.CheckResult(live.task.id(), live.task.activation(), schema, answer));
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

  /** It is known whether the answer fits. */
  void checked(LiveTask live, ResultCheck check) {
    ProbeResult result = live.answer;
    live.answer = null;
    if (!live.checking || result == null || !live.task.status().active()) {
      return;
    }
    if (check.json() != null) {
      lifecycle.end(live, Reason.OK, null, check.json(), 0);
    } else if (!live.repaired) {
      live.repaired = true;
      slots.release(live);
      messages.send(
          live, new Message(Purpose.REPAIR, Instructions.repair(check.problems()), false, 0));
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
