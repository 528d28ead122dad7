package dev.sideline.background.runtime;

import dev.sideline.api.Message;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads the messages of sessions for callers, a few sessions at a time. */
final class Readings {

  private static final int CONCURRENT = 4;

  private final SessionClient client;
  private final Throttle throttle;
  private final Executor replies;
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<List<Message>>> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param replies completes what callers wait for
   */
  Readings(SessionClient client, Executor effects, Executor replies) {
    this.client = client;
    this.throttle = new Throttle(CONCURRENT, effects);
    this.replies = replies;
  }

  /** The newest messages of a session, newest first; fails with a {@link SessionException}. */
  CompletableFuture<List<Message>> newest(String session, int limit) {
    CompletableFuture<List<Message>> reading = new CompletableFuture<>();
    long number = numbers.incrementAndGet();
    open.put(number, reading);
    CompletableFuture<List<Message>> unused =
        throttle
            .run(() -> Calls.to(() -> client.messages(session, limit)))
            .whenComplete(
                (messages, failure) ->
                    replies.execute(
                        () -> {
                          if (failure == null && messages != null) {
                            end(number, read -> read.complete(List.copyOf(messages)));
                          } else {
                            fail(number, failure);
                          }
                        }));
    if (closed) {
      close();
    }
    return reading;
  }

  /** Ends what is still open, and whatever comes later at once. */
  void close() {
    closed = true;
    SessionException down =
        new SessionException(
            SessionException.Code.UNAVAILABLE, "background tasks are being shut down");
    for (Long number : open.keySet()) {
      fail(number, down);
    }
  }

  private void fail(long number, @Nullable Throwable failure) {
    Throwable cause = failure == null ? new IllegalStateException("no messages") : failure;
    end(number, reading -> reading.completeExceptionally(Calls.failure(cause)));
  }

  private void end(long number, Consumer<CompletableFuture<List<Message>>> how) {
    CompletableFuture<List<Message>> reading = open.remove(number);
    if (reading != null) {
      how.accept(reading);
    }
  }
}
