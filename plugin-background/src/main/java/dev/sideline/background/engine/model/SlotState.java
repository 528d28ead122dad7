package dev.sideline.background.engine.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The right of a task to work: whether it has it, or what it waits for it for. */
public final class SlotState {

  /** Tasks with the same limits; scheduling alone knows more of it. */
  public interface Queue {}

  /** What is known of a task while it waits for a slot, or wants one. */
  private static final class Waiting {
    private static final Waiting NOT = new Waiting();

    private long queuedAs;
    private int rank;
    private int position;
    private List<SlotUse> wanted = List.of();

    private boolean isOver() {
      return queuedAs == 0 && wanted.isEmpty();
    }
  }

  private @Nullable Queue queue;
  private boolean held;
  private boolean presumed;
  private @Nullable Waiting waiting;

  private Waiting known() {
    return waiting == null ? Waiting.NOT : waiting;
  }

  private Waiting waiting() {
    if (waiting == null) {
      waiting = new Waiting();
    }
    return waiting;
  }

  private void endIfOver() {
    if (waiting != null && waiting.isOver()) {
      waiting = null;
    }
  }

  /** With which tasks it waits; null if it never will (any more). */
  public @Nullable Queue queue() {
    return queue;
  }

  public void join(@Nullable Queue other) {
    queue = other;
  }

  /** Whether the task has a slot. */
  public boolean held() {
    return held;
  }

  public void hold(boolean has) {
    held = has;
    presumed = false;
  }

  /**
   * Whether the task has its slot only because it may have been at work when the process began, and
   * was not seen to be since.
   */
  public boolean presumed() {
    return presumed;
  }

  /** It may be at work, and has a slot until that is known. */
  public void presume() {
    held = true;
    presumed = true;
  }

  /** It is at work. */
  public void confirm() {
    presumed = false;
  }

  /** Its number among those that wait for a slot; 0 if it does not. */
  public long queuedAs() {
    return known().queuedAs;
  }

  /** How much of a hurry it is in: those of higher rank go first. */
  public int rank() {
    return known().rank;
  }

  public void enqueue(long number, int withRank) {
    Waiting now = waiting();
    now.queuedAs = number;
    now.rank = withRank;
  }

  public void dequeue() {
    if (waiting != null) {
      waiting.queuedAs = 0;
      endIfOver();
    }
  }

  /** Its place among its parent's tasks that wait, when they were last numbered. */
  public int position() {
    return known().position;
  }

  public void number(int place) {
    waiting().position = place;
  }

  /** What it wants a slot for, while it waits for one; empty if it does not. */
  public List<SlotUse> wanted() {
    return known().wanted;
  }

  public void want(List<SlotUse> uses) {
    if (!uses.isEmpty() || waiting != null) {
      waiting().wanted = uses;
      endIfOver();
    }
  }
}
