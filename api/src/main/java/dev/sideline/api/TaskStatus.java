package dev.sideline.api;

import java.util.Locale;

/**
 * Where a background task is in its life. A host that switches over it keeps a default branch:
 * there may be more one day.
 */
public enum TaskStatus {
  /** Accepted; waits for a slot, or for the tasks that it is to start after. */
  PENDING,
  /** Has its slot; its session is being created and prompted. */
  STARTING,
  /** The agent works. */
  RUNNING,
  /** The host waits to try the agent's model again. */
  RETRYING,
  /** The agent waits for a permission or an answer. */
  INPUT_REQUIRED,
  /** Told to stop, and not yet seen to be quiet. */
  CANCELLING,
  /** The agent came to its end. */
  COMPLETED,
  /** Something broke, or a limit was reached. */
  FAILED,
  /** Stopped on request. */
  CANCELLED;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** Whether this is for ever. */
  public boolean terminal() {
    return this == COMPLETED || this == FAILED || this == CANCELLED;
  }

  /** The name as models are shown it and as it stands in JSON, such as {@code input_required}. */
  public String wireName() {
    return wireName;
  }
}
