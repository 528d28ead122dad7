package dev.sideline.background.schema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionContext;

/** The course of one validation, in which each keyword that is looked at costs a step. */
final class Evaluation extends ExecutionContext {

  /** A schema that refers to itself goes round until the stack is full. */
  private static final int MAX_DEPTH = 2_000;

  private final StepBudget budget;
  private int depth;

  Evaluation(StepBudget budget) {
    this.budget = budget;
  }

  @Override
  public void evaluationPathAddLast(String token) {
    deeper();
    super.evaluationPathAddLast(token);
  }

  @Override
  public void evaluationPathAddLast(int token) {
    deeper();
    super.evaluationPathAddLast(token);
  }

  @Override
  public void evaluationPathRemoveLast() {
    depth--;
    super.evaluationPathRemoveLast();
  }

  @Override
  public void addError(Error error) {
    budget.spend(1);
    super.addError(error);
  }

  private void deeper() {
    budget.spend(1);
    depth++;
    if (depth > MAX_DEPTH) {
      throw new TooMuchEffort();
    }
  }
}
