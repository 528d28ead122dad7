package dev.sideline.background.engine.model;

import dev.sideline.api.Reach;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.task.Spending;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** What a session has used and done that outlasts its tasks. */
public final class Account {

  private static final int REMEMBERED_MESSAGES = 16;

  private final String session;
  private final UnitOfWork unit;
  private boolean dirty;
  private Reach reach = Reach.WOKEN;
  private int launched;
  private int wakes;
  private Spending spent = Spending.NONE;

  /** What of that tasks have used that have ended. */
  private Spending spentByEnded = Spending.NONE;

  /** Messages of users that are no news: we have sent them, or they were heard of before. */
  private final Deque<String> known = new ArrayDeque<>(0);

  /**
   * @param session whose it is
   */
  public Account(String session, UnitOfWork unit) {
    this.session = session;
    this.unit = unit;
  }

  /** One that is recorded. */
  static Account restored(AccountRow row, UnitOfWork unit) {
    Account account = new Account(row.session(), unit);
    account.reach = row.reach();
    account.launched = row.launched();
    account.wakes = row.wakes();
    account.spent = row.spent();
    account.spentByEnded = row.spent();
    account.known.addAll(row.known());
    return account;
  }

  /** It is being recorded; tells as what. */
  AccountRow record() {
    dirty = false;
    return row();
  }

  /** As it is recorded. */
  public AccountRow row() {
    return new AccountRow(session, reach, launched, wakes, spentByEnded, List.copyOf(known));
  }

  /** Whether this is its first change in this step. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  /** How its session can be told something. */
  public Reach reach() {
    return reach;
  }

  public void reach(Reach by) {
    if (reach != by) {
      reach = by;
      unit.markDirty(this);
    }
  }

  /** How often in a row it was set to work by its tasks, with no word from a person in between. */
  public int wakes() {
    return wakes;
  }

  /** It was set to work by its tasks. */
  public void countWake() {
    wakes++;
    unit.markDirty(this);
  }

  /** How many tasks the session has launched. */
  public int launched() {
    return launched;
  }

  /** The session has launched a task. */
  public void launch() {
    launched++;
    unit.markDirty(this);
  }

  /** A launch was refused after all, and counts for nothing. */
  public void takeBackLaunch() {
    launched = Math.max(0, launched - 1);
    unit.markDirty(this);
  }

  /** Adds what tasks have used. */
  public void add(Spending more) {
    spent = spent.plus(more);
  }

  /** A task has ended that has used so much, all of which was added. */
  public void taskEnded(Spending used) {
    if (!used.equals(Spending.NONE)) {
      spentByEnded = spentByEnded.plus(used);
      unit.markDirty(this);
    }
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
    unit.markDirty(this);
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
