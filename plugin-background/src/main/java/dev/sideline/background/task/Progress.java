package dev.sideline.background.task;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Usage;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How far a task is.
 *
 * @param toolCalls how many tools its agent has called
 * @param lastTool the tool called last; null if none was
 * @param lastActivityMillis when its session last gave a sign of life, in milliseconds as {@link
 *     Task} has them; 0 if it never did
 * @param usage tokens and money, each message counted once
 * @param waitingFor what it waits for, if it is pending or retrying; null otherwise
 * @param nextTryMillis when the host tries its model again, in milliseconds likewise; 0 if it does
 *     not or is not known
 * @param stalled whether it has given no sign of life for longer than it should
 * @param requests the permissions and questions that it waits for, oldest first
 */
public record Progress(
    int toolCalls,
    @Nullable String lastTool,
    long lastActivityMillis,
    Usage usage,
    @Nullable String waitingFor,
    long nextTryMillis,
    boolean stalled,
    List<PendingRequest> requests) {

  /** No progress yet. */
  public static final Progress NONE =
      new Progress(0, null, 0, Usage.NONE, null, 0, false, List.of());

  public Progress {
    Objects.requireNonNull(usage, "usage");
    requests = List.copyOf(requests);
  }

  /** What has been used so far. */
  public Spending spending() {
    return Spending.of(toolCalls, usage);
  }
}
