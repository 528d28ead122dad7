package dev.sideline.background.engine.model;

import dev.sideline.background.task.Spending;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a session has used and done that outlasts its tasks. */
public final class Account {

  private static final int REMEMBERED_MESSAGES = 16;

  private int launched;

  private int wakes;

  private Spending spent = Spending.NONE;

  /** Messages of users that are no news: we have sent them, or they were heard of before. */
  private final Deque<String> known = new ArrayDeque<>(0);

  /** How often in a row it was set to work by its tasks, with no word from a person in between. */
  public int wakes() {
    return wakes;
  }

  /** It was set to work by its tasks. */
  public void countWake() {
    wakes++;
  }

  /** How many tasks the session has launched. */
  public int launched() {
    return launched;
  }

  /** The session has launched a task. */
  public void launch() {
    launched++;
  }

  /** A launch was refused after all, and counts for nothing. */
  public void takeBackLaunch() {
    launched = Math.max(0, launched - 1);
  }

  /** Adds what tasks have used. */
  public void add(Spending more) {
    spent = spent.plus(more);
  }

  /** What its tasks, and those below them, have used; kept for the uppermost session of a tree. */
  public Spending spent() {
    return spent;
  }

  /**
   * A message is about to be sent to the session, and will appear as one that no person has
   * written, perhaps before it is known to have arrived.
   */
  public void sending(String messageId) {
    if (known.size() == REMEMBERED_MESSAGES) {
      known.removeFirst();
    }
    known.addLast(messageId);
  }

  /**
   * A message of a user has appeared, or has changed: hosts add to messages that were written long
   * ago.
   */
  public void heard(String messageId) {
    if (!known.contains(messageId)) {
      sending(messageId);
      wakes = 0;
    }
  }
}
