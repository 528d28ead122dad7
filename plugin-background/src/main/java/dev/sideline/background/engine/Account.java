package dev.sideline.background.engine;

import dev.sideline.background.task.Spending;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a session has used and done that outlasts its tasks. */
final class Account {

  private static final int REMEMBERED_MESSAGES = 16;

  private int launched;

  /** How often in a row it was set to work by its tasks, with no word from a person in between. */
  int wakes;

  private Spending spent = Spending.NONE;

  /** Messages of users that are no news: we have sent them, or they were heard of before. */
  private final Deque<String> known = new ArrayDeque<>(0);

  /** How many tasks the session has launched. */
  int launched() {
    return launched;
  }

  /** The session has launched a task. */
  void launch() {
    launched++;
  }

  /** A launch was refused after all, and counts for nothing. */
  void takeBackLaunch() {
    launched = Math.max(0, launched - 1);
  }

  /** Adds what tasks have used. */
  void add(Spending more) {
    spent = spent.plus(more);
  }

  /** What its tasks, and those below them, have used; kept for the uppermost session of a tree. */
  Spending spent() {
    return spent;
  }

  /**
   * A message is about to be sent to the session, and will appear as one that no person has
   * written, perhaps before it is known to have arrived.
   */
  void sending(String messageId) {
    if (known.size() == REMEMBERED_MESSAGES) {
      known.removeFirst();
    }
    known.addLast(messageId);
  }

  /**
   * A message of a user has appeared, or has changed: hosts add to messages that were written long
   * ago.
   */
  void heard(String messageId) {
    if (!known.contains(messageId)) {
      sending(messageId);
      wakes = 0;
    }
  }
}
