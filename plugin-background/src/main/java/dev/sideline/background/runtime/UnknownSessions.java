package dev.sideline.background.runtime;

import dev.sideline.api.Session;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.retain.RecentIds;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Finds out what the sessions are that have events and that nobody has launched: each is asked
 * about once, and told to the engine if the host has created it under a session that has tasks.
 * Safe for use from any thread.
 */
final class UnknownSessions {

  private static final int MAX_KNOWN = 10_000;
  private static final int MAX_ASKED = 1_000;
  private static final int CONCURRENT = 4;

  /** A session whose parent had no tasks then may be of interest later. */
  private static final Duration KNOWN_FOR = Duration.ofMinutes(10);

  private final GuardedSessionClient client;
  private final ConcurrencyLimiter limiter;
  private final Predicate<String> observed;
  private final Consumer<Input> mailbox;
  private final RecentIds known;
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  /**
   * @param observed whether the engine wants the events of a session
   */
  UnknownSessions(
      GuardedSessionClient client,
      LongSupplier nowMillis,
      Executor effects,
      Predicate<String> observed,
      Consumer<Input> mailbox) {
    this.client = client;
    this.limiter = new ConcurrencyLimiter(CONCURRENT, effects);
    this.observed = observed;
    this.mailbox = mailbox;
    this.known = new RecentIds(MAX_KNOWN, KNOWN_FOR, nowMillis);
  }

  /** Whether an event of a session that the engine does not observe may be of interest. */
  boolean mayMatter(String session) {
    return !known.contains(session) && !asked.contains(session) && asked.size() < MAX_ASKED;
  }

  /** Takes note of a session that has had an event. */
  void met(String session) {
    if (!mayMatter(session) || !asked.add(session)) {
      return;
    }
    Calls.then(
        get(session),
        found -> {
          found
              .filter(this::adoptable)
              .ifPresent(child -> appeared(child, Objects.requireNonNull(child.parentId())));
          resolved(session);
        },
        // Asked about again at a later event, but not soon.
        failure -> resolved(session));
  }

  private CompletableFuture<Optional<Session>> get(String session) {
    return limiter.run(() -> client.get(session));
  }

  private void resolved(String session) {
    known.add(session);
    asked.remove(session);
  }

  private boolean adoptable(Session session) {
    String parent = session.parentId();
    return parent != null
        && observed.test(parent)
        && !session.metadata().containsKey(EffectRunner.TASK_METADATA);
  }

  private void appeared(Session session, String parent) {
    mailbox.accept(new Input.ChildAppeared(session, client.reach(parent)));
  }

  /** Forgets all. */
  void clear() {
    known.clear();
  }
}
