package dev.sideline.host.cli;

import java.util.concurrent.CompletionStage;

/** Sets a conversation that is held in another program to work. */
@FunctionalInterface
interface Waker {

  /**
   * Gives it a message. Returns at once.
   *
   * @return completes when the program has taken it; fails with a {@link
   *     dev.sideline.api.SessionException} if it has not, or nobody knows
   */
  CompletionStage<Void> wake(String text);
}
