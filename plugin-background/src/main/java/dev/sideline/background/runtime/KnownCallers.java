package dev.sideline.background.runtime;

import dev.sideline.background.retain.RecentIds;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Finds out whether there is a session in whose name a task is to be launched: nobody could be told
 * of a task whose caller does not exist, and the host would refuse its session anyway, after it has
 * been said to be launched. The host is asked once for each caller. Safe for use from any thread.
 */
final class KnownCallers {

  /** How long a launch is held up by the question, by the real time: then it goes its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int MAX_KNOWN = 10_000;
  private static final Duration KNOWN_FOR = Duration.ofHours(1);

  private final GuardedSessionClient client;
  private final Predicate<String> observed;
  private final Executor replies;
  private final RecentIds known;
  private final Runnable wake;
  private final Outstanding<Boolean> open = new Outstanding<>();

  /** What is asked, oldest first; all have the same patience. */
  private final Queue<Question> asked = new ConcurrentLinkedQueue<>();

  private volatile boolean closed;

  /**
   * Something that is asked.
   *
   * @param sinceNanos since when, by {@link System#nanoTime}
   */
  private record Question(Outstanding.Wait<Boolean> asking, long sinceNanos) {

    boolean isOld() {
      return System.nanoTime() - sinceNanos > PATIENCE.toNanos();
    }
  }

  /**
   * @param replies completes what callers wait for
   * @param observed whether a session has tasks already
   * @param nowMillis the time that all goes by
   * @param wake has {@link #goOn} called soon, and now and then while {@link #asks}
   */
  KnownCallers(
      GuardedSessionClient client,
      Executor replies,
      Predicate<String> observed,
      LongSupplier nowMillis,
      Runnable wake) {
    this.client = client;
    this.wake = wake;
    this.replies = replies;
    this.observed = observed;
    this.known = new RecentIds(MAX_KNOWN, KNOWN_FOR, nowMillis);
  }

  /**
   * Whether a session exists. Never fails, and never takes long: a host that cannot tell, or does
   * not at once, tells when the session of the task is created.
   */
  CompletableFuture<Boolean> exists(String session) {
    if (observed.test(session) || known.contains(session)) {
      return CompletableFuture.completedFuture(true);
    }
    Outstanding.Wait<Boolean> question = open.begin();
    asked.add(new Question(question, System.nanoTime()));
    wake.run();
    Calls.then(
        client.get(session),
        found -> {
          if (found.isPresent()) {
            known.add(session);
          }
          answer(question, found.isPresent());
        },
        failure -> answer(question, true));
    if (closed) {
      close();
    }
    return question.result();
  }

  /** Whether anything may be asked. */
  boolean asks() {
    return !asked.isEmpty();
  }

  /** Lets those go on who have waited for long enough. */
  void goOn() {
    for (Question first = asked.peek(); first != null; first = asked.peek()) {
      if (!first.asking().result().isDone() && !first.isOld()) {
        return;
      }
      asked.poll();
      answer(first.asking(), true);
    }
  }

  private void answer(Outstanding.Wait<Boolean> question, boolean exists) {
    replies.execute(() -> open.complete(question.number(), exists));
  }

  /** Ends what is still open, and whatever comes later at once; forgets all. */
  void close() {
    closed = true;
    open.completeAll(true);
    known.clear();
  }
}
