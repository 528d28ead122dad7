package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.api.SessionException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Reads the messages of sessions for callers, a few sessions at a time. */
final class Readings {

  private static final int CONCURRENT = 4;

  private final GuardedSessionClient client;
  private final Throttle throttle;
  private final Executor replies;
  private final Outstanding<List<Message>> open = new Outstanding<>();
  private volatile boolean closed;

  /**
   * @param replies completes what callers wait for
   */
  Readings(GuardedSessionClient client, Executor effects, Executor replies) {
    this.client = client;
    this.throttle = new Throttle(CONCURRENT, effects);
    this.replies = replies;
  }

  /** The newest messages of a session, newest first; fails with a {@link SessionException}. */
  CompletableFuture<List<Message>> newest(String session, int limit) {
    Outstanding.Wait<List<Message>> reading = open.begin();
    CompletableFuture<List<Message>> unused =
        throttle
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
