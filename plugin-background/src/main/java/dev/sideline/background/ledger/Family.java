package dev.sideline.background.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A session and the tasks that it has launched, as far as the ledger holds them. */
final class Family {

  final String parent;

  /**
   * The parent and the sessions above it; see {@link dev.sideline.background.task.Task#lineage}.
   */
  final List<String> lineage;

  /** Tasks that wait for a slot, in order. */
  final Deque<Entry> queue = new ArrayDeque<>();

  /** Every task that is held, live or settled and not yet retained, in order of launch. */
  final Set<Entry> members = new LinkedHashSet<>();

  /** Tasks that have ended since the parent was last woken, in that order. */
  final List<Entry> ended = new ArrayList<>();

  /** Those of them that are still to be announced. */
  final List<Entry> unannounced = new ArrayList<>();

  int live;
  int slots;

  /**
   * The slot of the parent's own task while that has nothing to do; null if it has, or has none.
   */
  Admission.@Nullable Slot lent;

  /** Whether one of the ended tasks is something that the parent wants to be woken for. */
  boolean owesWake;

  /** Whether the parent has gone or come to its end, so that nobody is there to be told. */
  boolean gone;

  Announcements.@Nullable Delivery delivery;

  Family(List<String> lineage) {
    this.parent = lineage.get(0);
    this.lineage = lineage;
  }

  /** Whether the parent is still going to be woken, and so has not come to its end. */
  boolean unsettled() {
    return !gone && (live > 0 || owesWake);
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
