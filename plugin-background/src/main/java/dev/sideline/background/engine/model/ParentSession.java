package dev.sideline.background.engine.model;

import dev.sideline.api.Reach;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session and the tasks that it has launched, as far as the engine holds them. */
public final class ParentSession {

  /** Its tasks that wait for slots; scheduling alone knows more of it. */
  public interface SlotQueue {}

  private static final Comparator<LiveTask> BY_LAUNCH =
      Comparator.comparingLong(live -> live.record().number());

  private final String session;
  private final List<String> ancestors;
  private final Account account;
  private final Account treeAccount;

  /** In the order in which they were launched, and so of their numbers, by which one is found. */
  private final List<LiveTask> members = new ArrayList<>(1);

  private final PendingNotifications pending;
  private int liveTasks;
  private boolean inWaitingCall;
  private boolean closed;
  private @Nullable SlotQueue slotQueue;

  // --- what is on its way to it

  private int answersInFlight;
  private boolean waitsForSlot;
  private @Nullable InFlightNotification inFlight;
  private @Nullable String putOff;
  private @Nullable Timer nextNotification;

  public ParentSession(
      List<String> ancestors, Account account, Account treeAccount, UnitOfWork unit) {
    this.session = ancestors.get(0);
    this.ancestors = ancestors;
    this.account = account;
    this.treeAccount = treeAccount;
    this.pending = new PendingNotifications(unit);
  }

  /** Its id. */
  public String session() {
    return session;
  }

  /** It and the sessions above it; see {@link dev.sideline.background.task.Task#ancestors}. */
  public List<String> ancestors() {
    return ancestors;
  }

  /** The uppermost session of the tree. */
  public String root() {
    return ancestors.get(ancestors.size() - 1);
  }

  /** What it has used in all its life. */
  public Account account() {
    return account;
  }

  /** What the uppermost session of the tree and all below it have used. */
  public Account treeAccount() {
    return treeAccount;
  }

  // --- its tasks

  /** Every task that is held, live, or ended and not yet archived, in order of launch. */
  public List<LiveTask> members() {
    return List.copyOf(members);
  }

  public int size() {
    return members.size();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  boolean contains(LiveTask live) {
    return place(live) >= 0;
  }

  void add(LiveTask live) {
    members.add(live);
    liveTasks++;
  }

  void remove(LiveTask live) {
    int place = place(live);
    if (place >= 0) {
      members.remove(place);
    }
  }

  private int place(LiveTask live) {
    int place = Collections.binarySearch(members, live, BY_LAUNCH);
    return place >= 0 && members.get(place) == live ? place : -1;
  }

  /** How many of its tasks are live. */
  public int liveTasks() {
    return liveTasks;
  }

  /**
   * How many of its tasks are live, or are still to be announced. What it was told of does not
   * count, though it is kept until its siblings have ended.
   */
  public int unsettledTasks() {
    int underWay = inFlight == null ? 0 : inFlight.batch().announced().size();
    return liveTasks + pending.unannounced() + underWay;
  }

  /** One of its tasks is not live any more. */
  public void countOneLess() {
    liveTasks--;
  }

  /** Counts anew how many of its tasks are live. */
  public void countLive() {
    liveTasks = (int) members.stream().filter(live -> !live.status().terminal()).count();
  }

  // --- how it is

  /**
   * Whether the host shows its agent in a call that may wait. Of a caller whose agent somebody else
   * runs, the host shows none, and its session may be idle all the while.
   */
  public boolean inWaitingCall() {
    return inWaitingCall;
  }

  public void inWaitingCall(boolean shown) {
    inWaitingCall = shown;
  }

  /** How it can be told something. */
  public Reach reach() {
    return account.reach();
  }

  public void reach(Reach by) {
    account.reach(by);
  }

  /** Whether it has gone or come to its end, so that nobody is there to be told. */
  public boolean closed() {
    return closed;
  }

  public void close() {
    closed = true;
  }

  /** A task goes on in its session, and may launch others. */
  public void reopen() {
    closed = false;
  }

  /** Its tasks that wait for slots; null before one of them could. */
  public @Nullable SlotQueue slotQueue() {
    return slotQueue;
  }

  public void slotQueue(SlotQueue queue) {
    slotQueue = queue;
  }

  // --- what it is told

  /** What it is still to be told of its tasks. */
  public PendingNotifications pending() {
    return pending;
  }

  /** Whether answers that show its tasks are on their way to it. */
  public boolean isBeingAnswered() {
    return answersInFlight > 0;
  }

  /** How many are. */
  public int answersInFlight() {
    return answersInFlight;
  }

  /**
   * Another answer is on its way, or one less is.
   *
   * @param more 1 or -1
   */
  public void countAnswers(int more) {
    answersInFlight += more;
  }

  /** Whether its own task waits for a slot in order to be told. */
  public boolean waitsForSlot() {
    return waitsForSlot;
  }

  public void waitsForSlot(boolean waits) {
    waitsForSlot = waits;
  }

  /** The notice that is under way to it; null if none is. */
  public @Nullable InFlightNotification inFlight() {
    return inFlight;
  }

  public void inFlight(@Nullable InFlightNotification notice) {
    inFlight = notice;
  }

  /**
   * A notice that is recorded as owed and was not sent, because it was at work; null if none is.
   */
  public @Nullable String putOff() {
    return putOff;
  }

  public void putOff(@Nullable String messageId) {
    putOff = messageId;
  }

  /** When it is told next; null if that has no time. */
  public @Nullable Timer nextNotification() {
    return nextNotification;
  }

  public void nextNotification(@Nullable Timer timer) {
    nextNotification = timer;
  }

  /** Whether it may still be woken, and so has not come to its end. */
  public boolean unsettled() {
    return !closed && (liveTasks > 0 || pending.owed() || beingWoken());
  }

  /** Whether a message is under way that sets it to work. */
  public boolean beingWoken() {
    return inFlight != null && inFlight.wakes();
  }

  /** Whether a message that sets it to work may arrive, or have arrived unnoticed. */
  public boolean mayBeWoken() {
    return inFlight != null && inFlight.wakes() && inFlight.phase().uncertain();
  }
}
