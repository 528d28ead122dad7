package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.api.SessionException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Reads the messages of sessions for callers, a few sessions at a time. */
final class TranscriptReader {

  private static final int CONCURRENT = 4;

  private final GuardedSessionClient client;
  private final ConcurrencyLimiter limiter;
  private final Executor replies;
  private final PendingCalls<List<Message>> open = new PendingCalls<>();
  private volatile boolean closed;

  /**
   * @param replies completes what callers wait for
   */
  TranscriptReader(GuardedSessionClient client, Executor effects, Executor replies) {
    this.client = client;
    this.limiter = new ConcurrencyLimiter(CONCURRENT, effects);
    this.replies = replies;
  }

  /** The newest messages of a session, newest first; fails with a {@link SessionException}. */
  CompletableFuture<List<Message>> newest(String session, int limit) {
    PendingCalls.Wait<List<Message>> reading = open.begin();
    CompletableFuture<List<Message>> unused =
        limiter
            .run(() -> client.messages(session, limit))
            .whenComplete(
                (messages, failure) ->
                    replies.execute(() -> end(reading.number(), messages, failure)));
    if (closed) {
      close();
    }
    return reading.result();
  }

  private void end(long number, @Nullable List<Message> messages, @Nullable Throwable failure) {
    if (messages != null) {
      open.complete(number, List.copyOf(messages));
    } else {
      Throwable cause = failure == null ? new IllegalStateException("no messages") : failure;
      open.fail(number, Calls.failure(cause));
    }
  }

  /** Ends what is still open, and whatever comes later at once. */
  void close() {
    closed = true;
    open.failAll(
        () ->
            new SessionException(
                SessionException.Code.UNAVAILABLE, "background tasks are being shut down"));
  }
}
