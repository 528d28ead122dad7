package dev.sideline.host.plugin;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The sessions as one plugin is given them, until it has been disposed: no call of the plugin gets
 * through after that, and no answer to one of its earlier calls reaches it, so that none of its
 * code is run by an answer that comes late. Thread-safe.
 */
final class PluginSessions implements SessionClient {

  private final SessionClient sessions;
  private final Set<Relay<?>> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  PluginSessions(SessionClient sessions) {
    this.sessions = sessions;
  }

  /** Lets go of the plugin. Idempotent. */
  void close() {
    closed = true;
    open.forEach(Relay::drop);
    open.clear();
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return relayed(() -> sessions.create(request));
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return relayed(() -> sessions.get(sessionId));
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return relayed(() -> sessions.children(sessionId));
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return relayed(() -> sessions.agents(sessionId));
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return relayed(sessions::statuses);
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return relayed(() -> sessions.messages(sessionId, limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return relayed(() -> sessions.prompt(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return relayed(() -> sessions.abort(sessionId));
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return relayed(() -> sessions.delete(sessionId));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return relayed(sessions::pendingRequests);
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return relayed(() -> sessions.reply(requestId, reply));
  }

  @Override
  public boolean structuredOutput() {
    return sessions.structuredOutput();
  }

  @Override
  public boolean structuredOutput(String sessionId) {
    return sessions.structuredOutput(sessionId);
  }

  @Override
  public Optional<String> whereToAnswer() {
    return sessions.whereToAnswer();
  }

  @Override
  public Optional<String> whereToAnswer(String sessionId) {
    return sessions.whereToAnswer(sessionId);
  }

  @Override
  public List<AgentInfo> knownAgents() {
    return sessions.knownAgents();
  }

  @Override
  public Reach reach(String sessionId) {
    return sessions.reach(sessionId);
  }

  @Override
  public Reach usualReach() {
    return sessions.usualReach();
  }

  @Override
  public String newMessageId() {
    return sessions.newMessageId();
  }

  private <T> CompletionStage<T> relayed(Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Relay<T> relay = new Relay<>(answer);
    open.add(relay);
    if (closed) {
      open.remove(relay);
      answer.completeExceptionally(
          new SessionException(SessionException.Code.UNAVAILABLE, "the plugin has been disposed"));
      return answer;
    }
    try {
      CompletionStage<T> unused =
          call.get()
              .whenComplete(
                  (result, problem) -> {
                    open.remove(relay);
                    relay.pass(result, problem);
                  });
    } catch (Throwable thrown) { // Against the contract; the plugin gets an answer all the same.
      open.remove(relay);
      answer.completeExceptionally(
          new SessionException(
              SessionException.Code.UNCERTAIN, "the call failed inside the host", thrown));
    }
    return answer;
  }

  /** The way of one answer to the plugin, which may end before the answer comes. */
  private static final class Relay<T> {

    private volatile @Nullable CompletableFuture<T> plugins;

    Relay(CompletableFuture<T> plugins) {
      this.plugins = plugins;
    }

    void drop() {
      plugins = null;
    }

    void pass(@Nullable T result, @Nullable Throwable problem) {
      CompletableFuture<T> answer = plugins;
      if (answer == null) {
        return;
      }
      if (problem == null) {
        answer.complete(result);
      } else {
        answer.completeExceptionally(problem);
      }
    }
  }
}
