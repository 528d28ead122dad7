package dev.sideline.background.ledger;

import dev.sideline.background.ledger.Outbox.Message;
import dev.sideline.background.ledger.Outbox.Purpose;
import dev.sideline.background.task.Outcome.Reason;

/**
 * What is done with the answer of a task. If it has to fit a schema and does not, its agent may
 * mend it once.
 */
final class Results {

  private final Turn turn;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Prompts prompts;

  Results(Turn turn, Slots slots, Lifecycle lifecycle, Prompts prompts) {
    this.turn = turn;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.prompts = prompts;
  }

  /** The agent of a task has given its answer. */
  void finished(Entry entry, Finding finding) {
    String schema = entry.task.assignment().resultSchema();
    if (schema != null) {
      if (!entry.checking) {
        entry.checking = true;
        entry.answer = finding;
        String answer = finding.structured() == null ? finding.text() : finding.structured();
        turn.effect(
            new Effect.CheckResult(entry.task.id(), entry.task.activation(), schema, answer));
      }
      return;
    }
    Reason reason = Reason.OK;
    String detail = null;
    if (finding.text().isEmpty()) {
      reason = Reason.EMPTY;
    } else if (finding.cutOff()) {
      reason = Reason.PARTIAL;
      detail = "its model stopped at its limit on the length of an answer";
    }
    lifecycle.end(entry, reason, detail, finding.text(), finding.textDropped());
  }

  /** It is known whether the answer fits. */
  void checked(Entry entry, ResultCheck check) {
    Finding finding = entry.answer;
    entry.answer = null;
    if (!entry.checking || finding == null || !entry.task.status().active()) {
      return;
    }
    if (check.json() != null) {
      lifecycle.end(entry, Reason.OK, null, check.json(), 0);
    } else if (!entry.repaired) {
      entry.repaired = true;
      slots.giveBack(entry);
      prompts.send(
          entry, new Message(Purpose.REPAIR, Instructions.repair(check.problems()), false, null));
    } else {
      lifecycle.end(
          entry,
          Reason.REJECTED,
          String.join("; ", check.problems()),
          finding.text(),
          finding.textDropped());
    }
  }
}
