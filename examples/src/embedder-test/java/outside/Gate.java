package outside;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** Passes everything on, and writes down what is called after the plugin was disposed. */
record Gate(SessionClient host, AtomicBoolean disposed, Queue<String> after)
    implements SessionClient {

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return called("create " + request).create(request);
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return called("get " + sessionId).get(sessionId);
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return called("children " + sessionId).children(sessionId);
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return called("agents " + sessionId).agents(sessionId);
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return called("statuses").statuses();
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return called("messages " + sessionId).messages(sessionId, limit);
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return called("prompt " + prompt).prompt(prompt);
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return called("abort " + sessionId).abort(sessionId);
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return called("delete " + sessionId).delete(sessionId);
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return called("pendingRequests").pendingRequests();
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return called("reply " + requestId).reply(requestId, reply);
  }

  @Override
  public boolean structuredOutput() {
    return called("structuredOutput").structuredOutput();
  }

  @Override
  public String newMessageId() {
    return called("newMessageId").newMessageId();
  }

  private SessionClient called(String what) {
    if (disposed.get()) {
      after.add(what);
    }
    return host;
  }
}
