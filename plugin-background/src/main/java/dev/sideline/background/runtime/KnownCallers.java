package dev.sideline.background.runtime;

import dev.sideline.background.retain.RecentIds;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
  private final RecentIds known;
  private final Questions<Boolean> questions;

  /**
   * @param replies completes what callers wait for
   * @param observed whether a session has tasks already
   * @param nowMillis the time that all goes by
   * @param wake has {@link #expire} called soon, and now and then while {@link #asks}
   */
  KnownCallers(
      GuardedSessionClient client,
      Executor replies,
      Predicate<String> observed,
      LongSupplier nowMillis,
      Runnable wake) {
    this.client = client;
    this.questions = new Questions<>(PATIENCE, true, replies, wake);
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
    return questions.ask(
        told ->
            Calls.then(
                client.get(session),
                found -> {
                  if (found.isPresent()) {
                    known.add(session);
                  }
                  told.accept(found.isPresent());
                },
                failure -> told.accept(true)));
  }

  /** Whether anything may be asked. */
  boolean asks() {
    return questions.anyOpen();
  }

  /** Lets those go on who have waited for long enough. */
  void expire() {
    questions.expire();
  }

  /** Ends what is still open, and whatever comes later at once; forgets all. */
  void close() {
    questions.close();
    known.clear();
  }
}
