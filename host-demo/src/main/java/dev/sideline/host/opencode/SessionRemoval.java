package dev.sideline.host.opencode;

import dev.sideline.api.Session;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes a session with its descendants. The server takes the records away but lets the agents go
 * on calling their models, so all of them are stopped first, and the removal waits, for a bounded
 * time, until they are.
 */
final class SessionRemoval {

  private static final Logger log = LoggerFactory.getLogger(SessionRemoval.class);

  /** More descendants than this are left to the server's own cascade. */
  private static final int MAX_STOPPED = 1_000;

  private static final Duration POLL = Duration.ofMillis(50);
  private static final int MAX_POLLS = 100;

  private final OpenCodeSessionClient sessions;
  private final ScheduledExecutorService timer;

  SessionRemoval(OpenCodeSessionClient sessions, ScheduledExecutorService timer) {
    this.sessions = sessions;
    this.timer = timer;
  }

  /** Completes when the session is gone; at once if there is none. */
  CompletableFuture<Void> remove(String sessionId) {
    return sessions
        .get(sessionId)
        .toCompletableFuture()
        .thenCompose(
            found ->
                found.isPresent()
                    ? stopAndDelete(found.get())
                    : CompletableFuture.completedFuture(null));
  }

  private CompletableFuture<Void> stopAndDelete(Session root) {
    List<Session> tree = new ArrayList<>(List.of(root));
    return descend(tree, List.of(root))
        .thenCompose(
            ignored ->
                Joined.all(tree.stream().map(session -> sessions.abortNow(session.id())).toList()))
        .thenCompose(ignored -> awaitQuiet(tree, MAX_POLLS))
        .thenCompose(ignored -> sessions.deleteNow(root.id(), root.directory()));
  }

  /** Adds the descendants of a generation to the tree. */
  private CompletableFuture<Void> descend(List<Session> tree, List<Session> generation) {
    if (generation.isEmpty() || tree.size() >= MAX_STOPPED) {
      return CompletableFuture.completedFuture(null);
    }
    return Joined.all(
            generation.stream()
                .map(session -> sessions.children(session.id()).toCompletableFuture())
                .toList())
        .thenCompose(
            children -> {
              List<Session> next = children.stream().flatMap(List::stream).toList();
              tree.addAll(next);
              return descend(tree, next);
            });
  }

  private CompletableFuture<Void> awaitQuiet(List<Session> tree, int polls) {
    return Joined.all(
            tree.stream()
                .map(Session::directory)
                .filter(Objects::nonNull)
                .distinct()
                .map(sessions::statusesIn)
                .toList())
        .thenCompose(
            statuses -> {
              Map<String, SessionStatus> busy = new HashMap<>();
              statuses.forEach(busy::putAll);
              busy.keySet().retainAll(tree.stream().map(Session::id).collect(Collectors.toSet()));
              busy.values().removeIf(status -> status.kind() == SessionStatus.Kind.IDLE);
              if (busy.isEmpty()) {
                return CompletableFuture.completedFuture(null);
              }
              if (polls == 0) {
                log.warn("Removing sessions that did not stop: {}", busy.keySet());
                return CompletableFuture.completedFuture(null);
              }
              return pause().thenCompose(ignored -> awaitQuiet(tree, polls - 1));
            });
  }

  private CompletableFuture<Void> pause() {
    CompletableFuture<Void> over = new CompletableFuture<>();
    try {
      Future<?> unused =
          timer.schedule(() -> over.complete(null), POLL.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      over.completeExceptionally(
          new SessionException(
              SessionException.Code.UNCERTAIN, "closed while sessions were being stopped", e));
    }
    return over;
  }
}
