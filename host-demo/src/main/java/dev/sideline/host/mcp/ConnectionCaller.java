package dev.sideline.host.mcp;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One session for all calls of a connection: right for clients that start a server for each
 * conversation. The session is made when the first call needs it; if that fails, the next call
 * tries again.
 */
public final class ConnectionCaller implements CallerIdentification {

  private final Supplier<CompletionStage<String>> newSession;
  private @Nullable CompletableFuture<Caller> caller;

  /**
   * @param newSession makes a session and tells its id; must not block
   */
  public ConnectionCaller(Supplier<CompletionStage<String>> newSession) {
    this.newSession = Objects.requireNonNull(newSession, "newSession");
  }

  @Override
  public synchronized CompletionStage<Caller> identify(String tool, Map<String, Object> arguments) {
    CompletableFuture<Caller> known = caller;
    if (known == null || known.isCompletedExceptionally()) {
      known = newSession.get().thenApply(id -> new Caller(id, null)).toCompletableFuture();
      caller = known;
    }
    return known;
  }
}
