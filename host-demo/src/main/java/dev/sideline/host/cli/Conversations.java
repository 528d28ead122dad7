package dev.sideline.host.cli;

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
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions, some of which stand for a conversation that is held in another program. That program
 * takes the answers to its calls and nothing else, whatever the runtime can do with the sessions,
 * unless there is a way to wake it. Thread-safe.
 */
final class Conversations implements SessionClient {

  private final SessionClient sessions;
  private final Set<String> elsewhere = ConcurrentHashMap.newKeySet();
  private final Map<String, Waker> wakers = new ConcurrentHashMap<>();

  Conversations(SessionClient sessions) {
    this.sessions = sessions;
  }

  /** The conversation of this session is held in another program. */
  void heldElsewhere(String sessionId) {
    elsewhere.add(sessionId);
  }

  /** The conversation of this session is held in another program, which can be woken. */
  void heldElsewhere(String sessionId, Waker waker) {
    wakers.put(sessionId, waker);
  }

  /** The program of this session's conversation cannot be woken any more. */
  void notWoken(String sessionId) {
    elsewhere.add(sessionId);
    wakers.remove(sessionId);
  }

  @Override
  public Reach reach(String sessionId) {
    if (wakers.containsKey(sessionId)) {
      return Reach.WOKEN;
    }
    return elsewhere.contains(sessionId) ? Reach.ANSWERED : sessions.reach(sessionId);
  }

  /** Those who call tools are the other programs, few of which can be woken. */
  @Override
  public Reach usualReach() {
    return Reach.ANSWERED;
  }

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return sessions.create(request);
  }

  @Override
  public CompletionStage<Optional<Session>> get(String sessionId) {
    return sessions.get(sessionId);
  }

  @Override
  public CompletionStage<List<Session>> children(String sessionId) {
    return sessions.children(sessionId);
  }

  @Override
  public CompletionStage<AgentCatalog> agents(String sessionId) {
    return sessions.agents(sessionId);
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return sessions.statuses();
  }

  @Override
  public CompletionStage<List<Message>> messages(String sessionId, int limit) {
    return sessions.messages(sessionId, limit);
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    Waker waker = wakers.get(prompt.sessionId());
    if (waker == null) {
      return sessions.prompt(prompt);
    }
    Prompt kept = prompt.withoutWaking(); // Whoever looks whether it has arrived finds it.
    return prompt.wake()
        ? waker.wake(prompt.text()).thenCompose(woken -> sessions.prompt(kept))
        : sessions.prompt(kept);
  }

  @Override
  public CompletionStage<Void> abort(String sessionId) {
    return sessions.abort(sessionId);
  }

  @Override
  public CompletionStage<Void> delete(String sessionId) {
    return sessions.delete(sessionId);
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return sessions.pendingRequests();
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return sessions.reply(requestId, reply);
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
  public boolean structuredOutput() {
    return sessions.structuredOutput();
  }

  @Override
  public boolean structuredOutput(String sessionId) {
    return sessions.structuredOutput(sessionId);
  }

  @Override
  public String newMessageId() {
    return sessions.newMessageId();
  }
}
