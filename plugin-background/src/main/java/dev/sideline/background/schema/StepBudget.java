package dev.sideline.background.schema;

/**
 * What one check may cost, in steps: about as many take a second. A schema of a few lines can ask
 * for more steps than there are atoms, so they are counted. Confined to one thread.
 */
final class StepBudget {

  private final long deadlineNanos;
  private long left;

  StepBudget(long steps, long nanos) {
    this.left = steps;
    this.deadlineNanos = System.nanoTime() + nanos;
  }

  /**
   * Takes some steps.
   *
   * @throws TooMuchEffort if there are none left, or the thread is to end
   */
  void spend(long steps) {
    left -= Math.max(1, steps);
    if (left < 0) {
      throw new TooMuchEffort();
    }
    // After each: a step may be a keyword that looks at all of a large answer.
    if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadlineNanos > 0) {
      throw new TooMuchEffort();
    }
  }
}
