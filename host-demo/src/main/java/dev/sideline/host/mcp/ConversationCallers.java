package dev.sideline.host.mcp;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * One session for each conversation of a client: of a client that tells its conversations apart, as
 * many as there are; of any other, one for the connection, which is right for programs that start a
 * server for each conversation. A session is made when the first call needs it; if that fails, the
 * next call tries again. Thread-safe.
 */
public final class ConversationCallers implements CallerIdentification {

  /** More than a program has open in a process; it bounds what one that goes astray can make. */
  static final int MAX_CONVERSATIONS = 1_000;

  private final Map<String, String> environment;
  private final BiFunction<Conversation, CallOrigin, CompletionStage<String>> newSession;
  private final Map<Conversation, CompletableFuture<String>> sessions = new HashMap<>();

  /**
   * @param environment of this process, which the client has started
   * @param newSession makes a session for the first call of a conversation and tells its id; must
   *     not block
   */
  public ConversationCallers(
      Map<String, String> environment,
      BiFunction<Conversation, CallOrigin, CompletionStage<String>> newSession) {
    this.environment = Map.copyOf(environment);
    this.newSession = Objects.requireNonNull(newSession, "newSession");
  }

  @Override
  public CompletionStage<Caller> identify(
      String tool, Map<String, Object> arguments, CallOrigin origin) {
    return session(Conversation.of(origin, environment), origin)
        .thenApply(id -> new Caller(id, Conversation.callId(origin)));
  }

  private synchronized CompletionStage<String> session(
      Conversation conversation, CallOrigin origin) {
    CompletableFuture<String> known = sessions.get(conversation);
    if (known == null || known.isCompletedExceptionally()) {
      if (known == null && sessions.size() >= MAX_CONVERSATIONS) {
        return CompletableFuture.failedStage(
            new CallerRefusedException(
                "Refused: this process of the program has "
                    + MAX_CONVERSATIONS
                    + " conversations with background tasks already. A person can start it anew."));
      }
      known = newSession.apply(conversation, origin).toCompletableFuture();
      sessions.put(conversation, known);
    }
    return known;
  }

  /** The session of a conversation that has called; empty if it has not. */
  public synchronized Optional<String> sessionOf(Conversation conversation) {
    CompletableFuture<String> known = sessions.get(conversation);
    return known == null || !known.isDone() || known.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(known.join());
  }
}
