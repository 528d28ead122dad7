package dev.sideline.background.runtime;

import dev.sideline.api.SessionClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
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
 * id in the middle of a step.
 *
 * <p>So the host is asked on another thread, and if it gives none in time, or nothing that could be
 * one, the id is made here. A host that insists on its own refuses the message, and then the task
 * or the notice fails visibly. While the host holds on to one question it is not asked another.
 *
 * <p>Hosts order messages by their ids, and may take one for answered that is older than what its
 * session has said. So ids are not fetched ahead of what they are for: whatever a message answers
 * must have been known when its id was made. But where many are needed at once, many are asked for
 * at once, as the change of thread costs more than all the rest: they serve what waited already
 * when they were asked for, in the order in which the host gave them, for some milliseconds. What
 * is left of them then is dropped.
 *
 * <p>Confined to one thread, but for {@link #close}.
 */
final class HostMessageIds implements Supplier<String> {

  /** How old an id may be at most when it is given out. */
  static final Duration FRESH = Duration.ofMillis(5);

  /** How many are asked for at once, at most. */
  static final int MAX_TOGETHER = 64;

  private static final int TICK_BITS = 12;
  private static final long MASK = (1L << 48) - 1;

  private final SessionClient host;
  private final Executor executor;
  private final Duration patience;
  private final Supplier<Mailbox.Mark> waiting;
  private final LongSupplier nanoTime;
  private final LongSupplier epochMillis;
  private final Random random;

  /** The last question; null before the first. */
  private @Nullable Question asked;

  private final Queue<String> left = new ArrayDeque<>();
  private long lastTicks;
  private volatile boolean closed;

  /** A number of ids that the host is asked for. */
  private final class Question implements Runnable {

    /** What waited when it was asked; null for what asked alone. */
    private final Mailbox.@Nullable Mark waited;

    private final long askedNanos = nanoTime.getAsLong();
    private final CompletableFuture<List<String>> answer = new CompletableFuture<>();
    private final int count;

    /** How many of them were needed. */
    private int used;

    Question(int count) {
      this.count = count;
      this.waited = count == 1 ? null : waiting.get();
    }

    /** Asks the host. What it gives until it fails is good; nothing if that is at once. */
    @Override
    public void run() {
      List<String> ids = new ArrayList<>(count);
      try {
        while (ids.size() < count && (ids.isEmpty() || isFresh())) {
          ids.add(askHost());
        }
      } catch (Throwable thrown) {
        Barrier.report("The host's newMessageId", thrown);
      }
      answer.complete(ids);
    }

    boolean isFresh() {
      return nanoTime.getAsLong() - askedNanos < FRESH.toNanos();
    }

    /** Whether its ids are as good as new ones for what asks now. */
    boolean serves() {
      return waited != null && !waited.reached() && isFresh();
    }
  }

  /**
   * @param executor calls the host, which may not come back
   * @param patience how long the thread that needs an id may be held up, once for each time that
   *     the host holds on to a question
   * @param waiting marks the end of what waits to be taken by the thread that needs ids
   * @param nanoTime the time, as {@link System#nanoTime}
   * @param epochMillis the time that ids are made from
   */
  HostMessageIds(
      SessionClient host,
      Executor executor,
      Duration patience,
      Supplier<Mailbox.Mark> waiting,
      LongSupplier nanoTime,
      LongSupplier epochMillis,
      Random random) {
    this.host = host;
    this.executor = executor;
    this.patience = patience;
    this.waiting = waiting;
    this.nanoTime = nanoTime;
    this.epochMillis = epochMillis;
    this.random = random;
  }

  /** A new id. Never throws. */
  @Override
  public String get() {
    Question last = asked;
    if (closed || (last != null && !last.answer.isDone())) {
      return ownId();
    }
    if (!left.isEmpty() && last != null) {
      if (last.serves()) {
        last.used++;
        return left.remove();
      }
      left.clear();
    }
    return ask(new Question(wanted(last)));
  }

  /** Once many were needed within a short time, so they may be again. */
  private static int wanted(@Nullable Question last) {
    return last != null && last.isFresh() ? Math.max(1, Math.min(MAX_TOGETHER, 2 * last.used)) : 1;
  }

  private String ask(Question question) {
    asked = question;
    executor.execute(question);
    try {
      left.addAll(question.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      Barrier.report("The host's newMessageId", e);
    }
    String id = left.poll();
    if (id == null) {
      return ownId();
    }
    question.used++;
    return id;
  }

  private String askHost() {
    String id = host.newMessageId();
    if (id == null || id.isBlank()) {
      throw new IllegalStateException("the host gives no message id: " + id);
    }
    return id;
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
