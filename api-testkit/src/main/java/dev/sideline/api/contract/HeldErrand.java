package dev.sideline.api.contract;

/** An errand whose agent writes something and then waits until it is let go. */
public interface HeldErrand {

  /** What to send. */
  Errand errand();

  /**
   * Lets the agent go on, to write the rest and finish. If it has not been reached yet, it will not
   * wait. Idempotent; harmless if the agent is not there any more.
   */
  void release();
}
