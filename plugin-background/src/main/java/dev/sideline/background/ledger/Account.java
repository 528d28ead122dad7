package dev.sideline.background.ledger;

import dev.sideline.background.task.Spending;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a session has used and done that outlasts its tasks. */
final class Account {

  private static final int REMEMBERED_NOTICES = 8;

  /** How many tasks the session has launched. */
  int launched;

  /** How often in a row it was set to work by its tasks, with no word from a person in between. */
  int wakes;

  private Spending spent = Spending.NONE;
  private final Deque<String> notices = new ArrayDeque<>(0);

  /** Adds what tasks have used. */
  void add(Spending more) {
    spent = spent.plus(more);
  }

  /** What its tasks, and those below them, have used; kept for the uppermost session of a tree. */
  Spending spent() {
    return spent;
  }

  /** A notice was sent, and will appear as a message that no person has written. */
  void noticed(String messageId) {
    if (notices.size() == REMEMBERED_NOTICES) {
      notices.removeFirst();
    }
    notices.addLast(messageId);
  }

  /** A message of a user has appeared. */
  void told(String messageId) {
    if (wakes > 0 && !notices.contains(messageId)) {
      wakes = 0;
    }
  }
}
