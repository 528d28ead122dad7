package dev.sideline.background.runtime;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Questions to the host that somebody waits for, but not for long: one that is not answered in time
 * is answered by itself. Safe for use from any thread.
 *
 * @param <T> what is asked for
 */
final class Questions<T> {

  private final Duration patience;
  private final T otherwise;
  private final Executor replies;
  private final Runnable wake;
  private final PendingCalls<T> open = new PendingCalls<>();

  /** What is asked, oldest first; all have the same patience. */
  private final Queue<Question<T>> asked = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;

  /**
   * Something that is asked.
   *
   * @param sinceNanos since when, by {@link System#nanoTime}
   */
  private record Question<T>(PendingCalls.Wait<T> asking, long sinceNanos) {

    boolean isOlderThan(Duration patience) {
      return System.nanoTime() - sinceNanos > patience.toNanos();
    }
  }

  /**
   * @param patience how long somebody is held up, by the real time
   * @param otherwise the answer where the host gives none in time, or the end comes before
   * @param replies completes what callers wait for
   * @param wake has {@link #expire} called soon, and now and then while {@link #anyOpen}
   */
  Questions(Duration patience, T otherwise, Executor replies, Runnable wake) {
    this.patience = patience;
    this.otherwise = otherwise;
    this.replies = replies;
    this.wake = wake;
  }

  /**
   * Asks. What is returned never fails.
   *
   * @param host asks the host, and has somebody told of its answer
   */
  CompletableFuture<T> ask(Consumer<Consumer<T>> host) {
    PendingCalls.Wait<T> question = open.begin();
    asked.add(new Question<>(question, System.nanoTime()));
    wake.run();
    host.accept(answer -> answer(question, answer));
    if (closed) {
      close();
    }
    return question.result();
  }

  boolean anyOpen() {
    return !asked.isEmpty();
  }

  /** Lets those go on who have waited for long enough. */
  void expire() {
    for (Question<T> first = asked.peek(); first != null; first = asked.peek()) {
      if (!first.asking().result().isDone() && !first.isOlderThan(patience)) {
        return;
      }
      asked.poll();
      answer(first.asking(), otherwise);
    }
  }

  private void answer(PendingCalls.Wait<T> question, T answer) {
    replies.execute(() -> open.complete(question.number(), answer));
  }

  /** Ends what is still open, and whatever comes later at once. */
  void close() {
    closed = true;
    open.completeAll(otherwise);
  }
}
