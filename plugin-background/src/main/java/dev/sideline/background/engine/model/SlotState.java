package dev.sideline.background.engine.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The right of a task to work: whether it has it, or what it waits for it for. */
public final class SlotState {

  /** Tasks with the same limits; scheduling alone knows more of it. */
  public interface Queue {}

  private @Nullable Queue queue;
  private boolean held;
  private long queuedAs;
  private int rank;
  private int position;
  private List<SlotUse> wanted = List.of();

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
  }

  /** Its number among those that wait for a slot; 0 if it does not. */
  public long queuedAs() {
    return queuedAs;
  }

  /** How much of a hurry it is in: those of higher rank go first. */
  public int rank() {
    return rank;
  }

  public void enqueue(long number, int withRank) {
    queuedAs = number;
    rank = withRank;
  }

  public void dequeue() {
    queuedAs = 0;
  }

  /** Its place among its parent's tasks that wait, when they were last numbered. */
  public int position() {
    return position;
  }

  public void number(int place) {
    position = place;
  }

  /** What it wants a slot for, while it waits for one; empty if it does not. */
  public List<SlotUse> wanted() {
    return wanted;
  }

  public void want(List<SlotUse> uses) {
    wanted = uses;
  }
}
