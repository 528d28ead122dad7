package dev.sideline.api;

/** Tells the callee of a long call that its caller has gone. Safe for use from any thread. */
public interface CancelSignal {

  /** A signal that is never given. */
  CancelSignal NEVER = action -> () -> {};

  /**
   * Runs an action once when the signal is given; at once, on this thread, if it has been given
   * already.
   *
   * @param action must not block
   * @return closes the registration; the action is not started after that
   */
  Registration onCancel(Runnable action);

  /** A registered action. */
  interface Registration extends AutoCloseable {
    @Override
    void close();
  }
}
