package dev.sideline.host.embedded;

import org.jspecify.annotations.Nullable;

/** Hears of a command. Called on the thread of the commands; must not block. */
interface CommandListener {

  /** It has written something since the last time. */
  void progressed();

  /**
   * It has ended, and nothing that it started is left.
   *
   * @param problem what went wrong, for a person or a model to read; null if it ended well
   */
  void ended(@Nullable String problem);
}
