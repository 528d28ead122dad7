package dev.sideline.background.schema;

/**
 * What one check may cost, in steps: about as many take a second. A schema of a few lines can ask
 * for more steps than there are atoms, so they are counted. Confined to one thread.
 */
final class Effort {

  private static final int STEPS_BETWEEN_LOOKS = 1_024;

  private final long deadlineNanos;
  private long left;
  private int sinceLook;

  Effort(long steps, long nanos) {
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
    sinceLook++;
    if (sinceLook >= STEPS_BETWEEN_LOOKS) {
      sinceLook = 0;
      if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadlineNanos > 0) {
        throw new TooMuchEffort();
      }
    }
  }
}
