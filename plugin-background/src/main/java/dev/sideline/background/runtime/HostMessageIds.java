package dev.sideline.background.runtime;

import dev.sideline.api.SessionClient;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * New message ids of the host, for a thread that must neither block nor fail: the engine needs an
 * id in the middle of a step. They cannot be fetched ahead, since hosts order messages by them.
 *
 * <p>So the host is asked on another thread, and if it gives none in time, or nothing that could be
 * one, the id is made here. A host that insists on its own refuses the message, and then the task
 * or the notice fails visibly. While the host holds on to one question it is not asked another.
 *
 * <p>Confined to one thread, but for {@link #close}.
 */
final class HostMessageIds implements Supplier<String> {

  private static final int TICK_BITS = 12;
  private static final long MASK = (1L << 48) - 1;

  private final SessionClient host;
  private final Executor executor;
  private final Duration patience;
  private final LongSupplier epochMillis;
  private final Random random;
  private @Nullable CompletableFuture<String> asked;
  private long lastTicks;
  private volatile boolean closed;

  /**
   * @param executor calls the host, which may not come back
   * @param patience how long the thread that needs an id may be held up, once for each time that
   *     the host holds on to a question
   * @param epochMillis the time
   */
  HostMessageIds(
      SessionClient host,
      Executor executor,
      Duration patience,
      LongSupplier epochMillis,
      Random random) {
    this.host = host;
    this.executor = executor;
    this.patience = patience;
    this.epochMillis = epochMillis;
    this.random = random;
  }

  /** A new id. Never throws. */
  @Override
  public String get() {
    if (closed || (asked != null && !asked.isDone())) {
      return ownId();
    }
    CompletableFuture<String> question = new CompletableFuture<>();
    asked = question;
    executor.execute(() -> ask(question));
    try {
      String id = question.get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return id.isEmpty() ? ownId() : id;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Barrier.report("The host's newMessageId", e);
    }
    return ownId();
  }

  /** Answers a question; with an empty text if the host does not. */
  private void ask(CompletableFuture<String> question) {
    String id = "";
    try {
      id = host.newMessageId();
      if (id == null || id.isBlank()) {
        throw new IllegalStateException("the host gives no message id: " + id);
      }
    } catch (Throwable thrown) {
      id = "";
      Barrier.report("The host's newMessageId", thrown);
    }
    question.complete(id);
  }

  /** The host is not asked any more. */
  void close() {
    closed = true;
  }

  /** In the form that is most in use, which ascends with time. */
  private String ownId() {
    lastTicks = Math.max(lastTicks + 1, epochMillis.getAsLong() << TICK_BITS);
    return String.format(
        "msg_%012x%014x", lastTicks & MASK, random.nextLong() & (MASK << 8 | 0xff));
  }
}
