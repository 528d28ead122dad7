package dev.sideline.background.simulation;

/** What a simulation has found. */
final class BrokenPromise extends AssertionError {

  private static final long serialVersionUID = 1L;

  BrokenPromise(String what) {
    super(what);
  }

  BrokenPromise(String what, Throwable cause) {
    super(what, cause);
  }
}
