package dev.sideline.background.simulation;

/** What a simulation has found. */
final class BrokenPromise extends AssertionError {

  private static final long serialVersionUID = 1L;

  /** The first in the story that this thread tells: barriers of the plugin may hold it up. */
  private static final ThreadLocal<BrokenPromise> FIRST = new ThreadLocal<>();

  BrokenPromise(String what) {
    super(what);
    if (FIRST.get() == null) {
      FIRST.set(this);
    }
  }

  /** A story begins. */
  static void forget() {
    FIRST.remove();
  }

  /** Throws what was found since, if anything was and whoever was told of it went on. */
  static void check() {
    BrokenPromise first = FIRST.get();
    if (first != null) {
      throw first;
    }
  }

  BrokenPromise(String what, Throwable cause) {
    super(what, cause);
  }
}
