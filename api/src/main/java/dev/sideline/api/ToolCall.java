package dev.sideline.api;

import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of a tool.
 *
 * @param arguments the model's arguments, a JSON object as text
 * @param sessionId the caller's session <em>as the host knows it</em>, never taken from the
 *     arguments: what the call may see and touch hangs on it
 * @param messageId the message that the call stands in, if the host knows it
 * @param callId the host's id of the call, if it has one
 * @param cancellation tells that nobody waits for the answer any more; it ends the wait and nothing
 *     else
 * @param progress takes short lines for whoever watches a long call; may be called from any thread
 */
public record ToolCall(
    String arguments,
    String sessionId,
    @Nullable String messageId,
    @Nullable String callId,
    CancelSignal cancellation,
    Consumer<String> progress) {

  public ToolCall {
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(cancellation, "cancellation");
    Objects.requireNonNull(progress, "progress");
  }

  /**
   * A call that cannot be cancelled and that nobody watches.
   *
   * @param arguments the model's arguments, a JSON object as text
   */
  public static ToolCall of(String sessionId, String arguments) {
    return new ToolCall(arguments, sessionId, null, null, CancelSignal.NEVER, line -> {});
  }

  /** The same call, which stands in a message of the caller's session. */
  public ToolCall withMessageId(@Nullable String id) {
    return new ToolCall(arguments, sessionId, id, callId, cancellation, progress);
  }

  /** The same call, with the host's id of it. */
  public ToolCall withCallId(@Nullable String id) {
    return new ToolCall(arguments, sessionId, messageId, id, cancellation, progress);
  }

  /** The same call, which can be given up; {@link CancelSource} gives signals. */
  public ToolCall withCancellation(CancelSignal signal) {
    return new ToolCall(arguments, sessionId, messageId, callId, signal, progress);
  }

  /** The same call, watched by somebody. */
  public ToolCall withProgress(Consumer<String> sink) {
    return new ToolCall(arguments, sessionId, messageId, callId, cancellation, sink);
  }
}
