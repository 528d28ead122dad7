package dev.sideline.api;

import java.util.Locale;

/**
 * Why a background task has ended. A host that switches over it keeps a default branch: there may
 * be more one day.
 */
public enum EndReason {
  /** The agent gave its answer. */
  OK(TaskStatus.COMPLETED),
  /** The agent came to its end without saying anything. */
  EMPTY(TaskStatus.COMPLETED),
  /** The agent's answer was cut off by its model's limit on the length of an answer. */
  PARTIAL(TaskStatus.COMPLETED),
  /** Its session could not be created or prompted. */
  LAUNCH_FAILED(TaskStatus.FAILED),
  /** It was to start after a task that has not succeeded. */
  DEPENDENCY_FAILED(TaskStatus.FAILED),
  /** The session reported an error. */
  SESSION_ERROR(TaskStatus.FAILED),
  /** The session was deleted. */
  SESSION_DELETED(TaskStatus.FAILED),
  /** The session stopped in the middle, without a word; its host was restarted, for example. */
  LOST(TaskStatus.FAILED),
  /** It took longer than it was allowed to. */
  TIMED_OUT(TaskStatus.FAILED),
  /** It gave no sign of life for longer than it was allowed to. */
  STALLED(TaskStatus.FAILED),
  /** It used more than it was allowed to. */
  BUDGET_EXCEEDED(TaskStatus.FAILED),
  /** It made the same tool call again and again. */
  LOOP(TaskStatus.FAILED),
  /** Its answer does not fit the schema that it was given. */
  REJECTED(TaskStatus.FAILED),
  /** A session cancelled it, or a setting had it cancelled. */
  CANCELLED(TaskStatus.CANCELLED),
  /** Whoever runs the host cancelled it: see {@link TaskOperator}. */
  CANCELLED_BY_OPERATOR(TaskStatus.CANCELLED),
  /** Somebody stopped the session in the host itself. */
  INTERRUPTED(TaskStatus.CANCELLED),
  /** The session or task that it worked for has gone. */
  PARENT_GONE(TaskStatus.CANCELLED),
  /** The plugin was shut down. */
  SHUTDOWN(TaskStatus.CANCELLED),
  /** Told to stop, but its session would not become quiet in time and may still work. */
  ABANDONED(TaskStatus.CANCELLED);

  private final TaskStatus status;
  private final String wireName = name().toLowerCase(Locale.ROOT);

  EndReason(TaskStatus status) {
    this.status = status;
  }

  /** The terminal status of tasks that end for this reason. */
  public TaskStatus status() {
    return status;
  }

  /** The name as models are shown it and as it stands in JSON, such as {@code session_error}. */
  public String wireName() {
    return wireName;
  }
}
