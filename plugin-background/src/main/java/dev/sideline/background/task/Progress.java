package dev.sideline.background.task;

import dev.sideline.api.Usage;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a task is.
 *
 * @param toolCalls how many tools its agent has called
 * @param lastTool the tool called last; null if none was
 * @param lastActivityMillis when its session last gave a sign of life, in epoch milliseconds; 0 if
 *     it never did
 * @param usage tokens and money, each message counted once
 * @param waitingFor what it waits for while it is retrying or needs input; null otherwise
 */
public record Progress(
    int toolCalls,
    @Nullable String lastTool,
    long lastActivityMillis,
    Usage usage,
    @Nullable String waitingFor) {

  /** No progress yet. */
  public static final Progress NONE = new Progress(0, null, 0, Usage.NONE, null);

  public Progress {
    Objects.requireNonNull(usage, "usage");
  }
}
