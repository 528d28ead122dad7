package dev.sideline.background.engine;

import dev.sideline.api.Reach;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session and the tasks that it has launched, as far as the engine holds them. */
final class ParentSession {

  final String session;

  /**
   * The parent and the sessions above it; see {@link dev.sideline.background.task.Task#ancestors}.
   */
  final List<String> ancestors;

  /** What the parent has used in all its life. */
  final Account account;

  /** What the uppermost session of the tree and all below it have used. */
  final Account treeAccount;

  /** Every task that is held, live or settled and not yet archived, in order of launch. */
  final Set<LiveTask> members = new LinkedHashSet<>();

  int liveTasks;

  /**
   * Whether the host shows its agent in a call that may wait. Of a caller whose agent somebody else
   * runs, the host shows none, and its session may be idle all the while.
   */
  boolean inWaitingCall;

  // --- the queue for slots; see AdmissionQueue

  final Map<Lanes.Keys, Lane> lanes = new LinkedHashMap<>(2);
  int queued;
  long turn;

  /** How often others have gone before the one of its tasks that has waited longest. */
  int passedOver;

  long numberedAt;

  // --- what the parent is told; see NotificationPolicy

  /** How it can be. */
  Reach reach = Reach.WOKEN;

  final PendingNotifications pending = new PendingNotifications();

  /** How many answers that show its tasks are on their way to the parent. */
  int answersInFlight;

  /** Whether the parent's own task waits for a slot in order to be told. */
  boolean waitsForSlot;

  /** Whether the parent has gone or come to its end, so that nobody is there to be told. */
  boolean closed;

  /** The notice that is under way to the parent; null if none is. */
  @Nullable InFlightNotification inFlight;

  /** A notice that is recorded as owed and was not sent, because the parent was at work. */
  @Nullable String putOff;

  Timers.@Nullable Timer nextNotification;

  ParentSession(List<String> ancestors, Account account, Account treeAccount) {
    this.session = ancestors.get(0);
    this.ancestors = ancestors;
    this.account = account;
    this.treeAccount = treeAccount;
  }

  /** The uppermost session of the tree. */
  String root() {
    return ancestors.get(ancestors.size() - 1);
  }

  /** Counts anew how many of its tasks are live. */
  void countLive() {
    liveTasks = (int) members.stream().filter(live -> !live.task.status().terminal()).count();
  }

  /**
   * How many of its tasks are live, or are still to be announced. What it was told of does not
   * count, though it is kept until its siblings have ended.
   */
  int unsettledTasks() {
    int underWay = inFlight == null ? 0 : inFlight.batch().announced().size();
    return liveTasks + pending.unannounced() + underWay;
  }

  /** Whether the parent may still be woken, and so has not come to its end. */
  boolean unsettled() {
    return !closed && (liveTasks > 0 || pending.owed() || beingWoken());
  }

  /** Whether a message is under way that sets the parent to work. */
  boolean beingWoken() {
    return inFlight != null && inFlight.wakes();
  }

  /** Whether a message that sets the parent to work may arrive, or have arrived unnoticed. */
  boolean mayBeWoken() {
    return inFlight != null && inFlight.wakes() && inFlight.uncertain();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }
}
