package dev.sideline.host.mcp;

import dev.sideline.host.Barrier;
import io.modelcontextprotocol.server.McpAsyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/**
 * Progress of one call, for a client that asked for it. Sent also when there is nothing to tell:
 * clients give up on a call that is silent for too long (a minute is usual), and each notification
 * starts their clock again.
 */
final class CallProgress implements AutoCloseable {

  private static final Duration BEAT = Duration.ofSeconds(10);

  private final McpAsyncServerExchange exchange;
  private final @Nullable Object token;
  private final @Nullable Disposable beat;
  private double count;
  private @Nullable String last;
  private boolean closed;

  private CallProgress(McpAsyncServerExchange exchange, @Nullable Object token) {
    this.exchange = exchange;
    this.token = token;
    this.beat = token == null ? null : Flux.interval(BEAT).subscribe(tick -> beat());
  }

  /**
   * @param token the client's word for the call; null if it wants no progress
   */
  static CallProgress of(McpAsyncServerExchange exchange, @Nullable Object token) {
    return new CallProgress(exchange, token);
  }

  /** Tells a line. Any thread; never throws. */
  void line(String text) {
    Barrier.run("Telling of progress", () -> send(text));
  }

  /** Tells that the call goes on, and once more what was told last: that still holds. */
  private void beat() {
    Barrier.run("Telling of progress", () -> send(null));
  }

  private void send(@Nullable String news) {
    double step;
    String text;
    synchronized (this) {
      if (closed || token == null) {
        return;
      }
      step = ++count;
      last = news == null ? last : news;
      text = last;
    }
    ProgressNotification.Builder notification = ProgressNotification.builder(token, step);
    if (text != null) {
      notification.message(text);
    }
    // A notification that does not go out means that the connection has gone; the call's end tells.
    exchange.progressNotification(notification.build()).subscribe(sent -> {}, failed -> {});
  }

  /** Nothing is sent after this: progress of a call that was answered confuses clients. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    if (beat != null) {
      beat.dispose();
    }
  }
}
