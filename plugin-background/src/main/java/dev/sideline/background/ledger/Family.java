package dev.sideline.background.ledger;

import dev.sideline.api.Reach;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session and the tasks that it has launched, as far as the ledger holds them. */
final class Family {

  final String parent;

  /**
   * The parent and the sessions above it; see {@link dev.sideline.background.task.Task#lineage}.
   */
  final List<String> lineage;

  /** What the parent has used in all its life. */
  final Account account;

  /** What the uppermost session of the tree and all below it have used. */
  final Account treeAccount;

  /** Every task that is held, live or settled and not yet retained, in order of launch. */
  final Set<Entry> members = new LinkedHashSet<>();

  int live;

  /**
   * Whether the host shows its agent in a call that may wait. Of a caller whose agent somebody else
   * runs, the host shows none, and its session may be idle all the while.
   */
  boolean inWaitingCall;

  // --- the queue for slots; see Admission

  final Map<Object, Admission.Lane> lanes = Admission.noLanes();
  int queued;
  int rank;
  long turn;
  long numberedAt;

  // --- what the parent is told; see Announcements

  /** How it can be. */
  Reach reach = Reach.WOKEN;

  final News news = new News();

  /** How many answers that show its tasks are on their way to the parent. */
  int answersUnderWay;

  /** Whether the parent's own task waits for a slot in order to be told. */
  boolean waitsForSlot;

  /** Whether the parent has gone or come to its end, so that nobody is there to be told. */
  boolean gone;

  /** The notice that is under way to the parent; null if none is. */
  @Nullable Delivery delivery;

  /** A notice that is recorded as owed and was not sent, because the parent was at work. */
  @Nullable String putOff;

  Agenda.@Nullable Item nextTelling;

  Family(List<String> lineage, Account account, Account treeAccount) {
    this.parent = lineage.get(0);
    this.lineage = lineage;
    this.account = account;
    this.treeAccount = treeAccount;
  }

  /** The uppermost session of the tree. */
  String root() {
    return lineage.get(lineage.size() - 1);
  }

  /** Counts anew how many of its tasks are live. */
  void countLive() {
    live = (int) members.stream().filter(entry -> !entry.task.status().terminal()).count();
  }

  /** Whether the parent may still be woken, and so has not come to its end. */
  boolean unsettled() {
    return !gone && (live > 0 || news.owed() || beingWoken());
  }

  /** Whether a message is under way that sets the parent to work. */
  boolean beingWoken() {
    return delivery != null && delivery.wakes();
  }

  /** Whether a message that sets the parent to work may arrive, or have arrived unnoticed. */
  boolean mayBeWoken() {
    return delivery != null && delivery.wakes() && delivery.uncertain();
  }

  boolean isEmpty() {
    return members.isEmpty();
  }
}
