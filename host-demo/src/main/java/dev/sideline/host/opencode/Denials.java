package dev.sideline.host.opencode;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Tools that are denied to sessions. They are added to the rules of a session, once: as the {@code
 * tools} of a message, the server would put them in the place of all rules that it has, and with
 * them of what was denied to it before.
 */
final class Denials {

  private static final int REMEMBERED = 10_000;

  private final HttpCalls http;
  private final Function<String, CompletableFuture<Wire.SessionInfo>> sessions;

  /** What is known to be denied, by session. Guarded by itself. */
  private final Recent<String, Set<String>> known = new Recent<>(REMEMBERED);

  /**
   * @param sessions asks for a session
   */
  Denials(HttpCalls http, Function<String, CompletableFuture<Wire.SessionInfo>> sessions) {
    this.http = http;
    this.sessions = sessions;
  }

  /** Sees to it that tools are denied to a session. */
  CompletableFuture<Void> deny(String sessionId, Set<String> tools) {
    if (tools.isEmpty() || tools.equals(knownOf(sessionId))) {
      return CompletableFuture.completedFuture(null);
    }
    return sessions
        .apply(sessionId)
        .thenCompose(session -> add(session, sessionId, tools))
        .thenRun(() -> remember(sessionId, tools));
  }

  private CompletableFuture<Void> add(
      Wire.SessionInfo session, String sessionId, Set<String> tools) {
    List<Wire.Rule> lacking = Permissions.lacking(Permissions.of(session.permission()), tools);
    return lacking.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : http.patch(
            OpenCodeSessionClient.in(http.url("session", sessionId), session.directory()),
            new Wire.MoreRules(lacking));
  }

  private Set<String> knownOf(String sessionId) {
    synchronized (known) {
      return known.getOrDefault(sessionId, Set.of());
    }
  }

  private void remember(String sessionId, Set<String> tools) {
    synchronized (known) {
      known.put(sessionId, Set.copyOf(tools));
    }
  }

  void forget(String sessionId) {
    synchronized (known) {
      known.remove(sessionId);
    }
  }
}
