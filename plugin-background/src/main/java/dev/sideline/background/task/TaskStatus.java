package dev.sideline.background.task;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** The states of a task, with the one table of what may follow what. */
public enum TaskStatus {
  /** Accepted; waits for a slot. */
  PENDING,
  /** Has its slot; its session is being created and prompted. */
  STARTING,
  /** The agent works. */
  RUNNING,
  /** The host waits to try the agent's model again. */
  RETRYING,
  /** The agent waits for a permission or an answer. */
  INPUT_REQUIRED,
  /** Told to stop, and holds its slot until its session is quiet. */
  CANCELLING,
  /** The agent came to its end. */
  COMPLETED,
  /** Something broke. */
  FAILED,
  /** Stopped on request. */
  CANCELLED;

  private static final Map<TaskStatus, Set<TaskStatus>> TRANSITIONS = transitions();

  private final dev.sideline.api.TaskStatus published = dev.sideline.api.TaskStatus.valueOf(name());

  private static Map<TaskStatus, Set<TaskStatus>> transitions() {
    Map<TaskStatus, Set<TaskStatus>> table = new EnumMap<>(TaskStatus.class);
    table.put(PENDING, EnumSet.of(STARTING, FAILED, CANCELLED));
    table.put(STARTING, EnumSet.of(RUNNING, CANCELLING, FAILED));
    table.put(
        RUNNING, EnumSet.of(RETRYING, INPUT_REQUIRED, CANCELLING, COMPLETED, FAILED, CANCELLED));
    table.put(
        RETRYING, EnumSet.of(RUNNING, INPUT_REQUIRED, CANCELLING, COMPLETED, FAILED, CANCELLED));
    table.put(
        INPUT_REQUIRED, EnumSet.of(RUNNING, RETRYING, CANCELLING, COMPLETED, FAILED, CANCELLED));
    table.put(CANCELLING, EnumSet.of(FAILED, CANCELLED));
    table.put(COMPLETED, EnumSet.noneOf(TaskStatus.class));
    table.put(FAILED, EnumSet.noneOf(TaskStatus.class));
    table.put(CANCELLED, EnumSet.noneOf(TaskStatus.class));
    return table;
  }

  /** Whether a task in this state may move to the other. Staying is not moving. */
  public boolean canMoveTo(TaskStatus next) {
    return TRANSITIONS.getOrDefault(this, Set.of()).contains(next);
  }

  /** Whether this state is final. */
  public boolean terminal() {
    return published.terminal();
  }

  /** Whether the task's prompt has been accepted and its agent is at it, or waits. */
  public boolean active() {
    return this == RUNNING || this == RETRYING || this == INPUT_REQUIRED;
  }

  /** The name as models and hosts are shown it, such as {@code input_required}. */
  public String wireName() {
    return published.wireName();
  }

  /** The same as hosts know it. */
  public dev.sideline.api.TaskStatus published() {
    return published;
  }
}
