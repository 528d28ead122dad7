package dev.sideline.background.task;

import dev.sideline.api.EndReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a task ended.
 *
 * @param reason why, in one word
 * @param detail why, in a sentence; null if the reason says it all. May quote the host or the
 *     caller
 * @param text what the child said last: its answer, or what there was of it
 * @param textDropped how many characters were cut off the front of the text to keep it bounded
 */
public record Outcome(Reason reason, @Nullable String detail, String text, long textDropped) {

  public Outcome {
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(text, "text");
  }

  /** The terminal state that belongs to this outcome. */
  public TaskStatus status() {
    return reason.status;
  }

  /** Why a task ended. */
  public enum Reason {
    /** The agent gave its answer. */
    OK,
    /** The agent came to its end without saying anything. */
    EMPTY,
    /** The agent's answer was cut off by its model's limit on the length of an answer. */
    PARTIAL,
    /** Its session could not be created or prompted. */
    LAUNCH_FAILED,
    /** It was to start after a task that has not succeeded. */
    DEPENDENCY_FAILED,
    /** The session reported an error. */
    SESSION_ERROR,
    /** The session was deleted. */
    SESSION_DELETED,
    /** The session stopped in the middle, without a word; its host was restarted, for example. */
    LOST,
    /** It took longer than it was allowed to. */
    TIMED_OUT,
    /** It gave no sign of life for longer than it was allowed to. */
    STALLED,
    /** It used more than it was allowed to. */
    BUDGET_EXCEEDED,
    /** It made the same tool call again and again. */
    LOOP,
    /** Its answer does not fit the schema that it was given. */
    REJECTED,
    /** A caller cancelled it. */
    CANCELLED,
    /** Whoever runs the host cancelled it. */
    CANCELLED_BY_OPERATOR,
    /** Somebody stopped the session in the host itself. */
    INTERRUPTED,
    /** The session or task that it worked for has gone. */
    PARENT_GONE,
    /** The plugin was shut down. */
    SHUTDOWN,
    /** Told to stop, but its session would not become quiet in time and may still work. */
    ABANDONED;

    private final EndReason published = EndReason.valueOf(name());
    private final TaskStatus status = TaskStatus.valueOf(published.status().name());

    /** The terminal state of tasks that end for this reason. */
    public TaskStatus status() {
      return status;
    }

    /** The name as models and hosts are shown it, such as {@code session_error}. */
    public String wireName() {
      return published.wireName();
    }

    /** The same as hosts know it. */
    public EndReason published() {
      return published;
    }
  }
}
