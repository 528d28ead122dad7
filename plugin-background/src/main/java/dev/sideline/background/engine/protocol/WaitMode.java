package dev.sideline.background.engine.protocol;

/** What a call waits for. */
public enum WaitMode {
  /** Nothing. */
  NONE,
  /** The first of its tasks to end. */
  ANY,
  /** The last of its tasks to end. */
  ALL
}
