package dev.sideline.api.testing;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The sessions behind a {@link RecordingSessionClient} and how they behave. Not thread-safe: the
 * client calls it under its lock. Events and turns are handed on, to be acted on after the lock.
 */
final class FakeHost {

  private final Map<String, FakeSession> sessions = new LinkedHashMap<>();
  private final Map<String, PendingRequest> requests = new LinkedHashMap<>();
  private final Map<String, Reply> replies = new LinkedHashMap<>();
  private final Clock clock;
  private final Consumer<SessionEvent> events;
  private final Consumer<Prompt> turns;
  private @Nullable Set<String> agents;
  private long lastId;

  FakeHost(Clock clock, Consumer<SessionEvent> events, Consumer<Prompt> turns) {
    this.clock = clock;
    this.events = events;
    this.turns = turns;
  }

  void limitAgents(Set<String> names) {
    agents = names;
  }

  /** Ids of a kind ascend, also as text. */
  String newId(String prefix) {
    return String.format("%s_%08d", prefix, ++lastId);
  }

  // ---- Sessions

  Session create(NewSession request) {
    FakeSession parent = request.parentId() == null ? null : existing(request.parentId());
    String directory = request.directory();
    if (directory == null && parent != null) {
      directory = parent.session.directory();
    }
    return add(
        new Session(
            newId("ses"), request.parentId(), request.title(), directory, request.metadata()));
  }

  Session add(Session session) {
    if (sessions.putIfAbsent(session.id(), new FakeSession(session)) != null) {
      throw new IllegalStateException("session " + session.id() + " exists already");
    }
    events.accept(new SessionEvent.Created(session));
    return session;
  }

  List<Session> all() {
    return sessions.values().stream().map(fake -> fake.session).toList();
  }

  Optional<Session> get(String sessionId) {
    return Optional.ofNullable(sessions.get(sessionId)).map(fake -> fake.session);
  }

  List<Session> children(String sessionId) {
    return all().stream().filter(session -> sessionId.equals(session.parentId())).toList();
  }

  Map<String, SessionStatus> statuses() {
    Map<String, SessionStatus> statuses = new LinkedHashMap<>();
    for (FakeSession fake : sessions.values()) {
      if (fake.working()) {
        statuses.put(fake.session.id(), fake.status());
      }
    }
    return statuses;
  }

  List<Message> messages(String sessionId, int limit) {
    return existing(sessionId).newest(limit);
  }

  void abort(String sessionId) {
    FakeSession fake = sessions.get(sessionId);
    if (fake != null && fake.working()) {
      fake.takeQueued();
      endTurn(sessionId, new Failure(Failure.ABORTED, "The session was aborted."));
    }
  }

  void delete(String sessionId) {
    if (sessions.containsKey(sessionId)) {
      children(sessionId).forEach(child -> delete(child.id()));
      abort(sessionId);
      requests.values().removeIf(request -> request.sessionId().equals(sessionId));
      sessions.remove(sessionId);
      events.accept(new SessionEvent.Deleted(sessionId));
    }
  }

  // ---- Prompts and turns

  void prompt(Prompt prompt) {
    FakeSession fake = existing(prompt.sessionId());
    if (fake.hasMessage(prompt.messageId())) {
      return;
    }
    String agent = prompt.agent() == null ? fake.currentAgent() : prompt.agent();
    if (agent != null && agents != null && !agents.contains(agent)) {
      events.accept(
          new SessionEvent.Failed(
              prompt.sessionId(),
              new Failure("unknown_agent", "no agent '" + agent + "'; there are " + agents)));
      return;
    }
    fake.add(FakeSession.userMessage(prompt, agent, clock.instant()));
    messageUpdated(fake, prompt.messageId());
    if (!prompt.wake()) {
      return;
    }
    if (fake.working()) {
      fake.queue(prompt);
    } else {
      beginTurn(fake, prompt);
    }
  }

  private void beginTurn(FakeSession fake, Prompt prompt) {
    Message answer =
        FakeSession.newAnswer(newId("msg"), fake.currentAgent(), prompt.model(), clock.instant());
    fake.add(answer);
    setStatus(fake.session.id(), SessionStatus.BUSY);
    messageUpdated(fake, answer.id());
    turns.accept(prompt);
  }

  void write(String sessionId, String text) {
    if (!text.isEmpty()) {
      update(sessionId, answer -> FakeSession.withText(answer, answer.text() + text));
      partUpdated(sessionId, null);
    }
  }

  void use(String sessionId, ToolUse use) {
    update(sessionId, answer -> FakeSession.withToolUse(answer, use));
    partUpdated(sessionId, use);
  }

  void update(String sessionId, UnaryOperator<Message> change) {
    FakeSession fake = working(sessionId);
    Message answer = change.apply(fake.answer());
    fake.replace(answer);
    messageUpdated(fake, answer.id());
  }

  void endTurn(String sessionId, @Nullable Failure failure) {
    requests.values().stream()
        .filter(request -> request.sessionId().equals(sessionId))
        .map(PendingRequest::id)
        .toList()
        .forEach(this::withdraw);
    update(sessionId, answer -> FakeSession.ended(answer, clock.instant(), failure));
    if (failure != null) {
      events.accept(new SessionEvent.Failed(sessionId, failure));
    }
    FakeSession fake = working(sessionId);
    Prompt queued = fake.takeQueued();
    if (queued != null) {
      beginTurn(fake, queued);
    } else {
      becomeIdle(sessionId);
    }
  }

  void becomeIdle(String sessionId) {
    setStatus(sessionId, SessionStatus.IDLE);
    events.accept(new SessionEvent.Idle(sessionId));
  }

  void setStatus(String sessionId, SessionStatus status) {
    existing(sessionId).setStatus(status);
    events.accept(new SessionEvent.StatusChanged(sessionId, status));
  }

  // ---- Requests

  void ask(PendingRequest request) {
    working(request.sessionId());
    requests.put(request.id(), request);
    events.accept(new SessionEvent.RequestAsked(request));
  }

  List<PendingRequest> pendingRequests() {
    return List.copyOf(requests.values());
  }

  void reply(String requestId, Reply reply) {
    PendingRequest request = requests.get(requestId);
    if (request == null) {
      throw new SessionException(
          SessionException.Code.NOT_FOUND, "no request '" + requestId + "' is waiting");
    }
    boolean permission = request.kind() == PendingRequest.Kind.PERMISSION;
    if (permission && reply instanceof Reply.Answer) {
      throw new SessionException(
          SessionException.Code.INVALID,
          "request '" + requestId + "' asks for a permission: allow or reject it");
    }
    if (!permission && (reply instanceof Reply.Allow || reply instanceof Reply.AllowAlways)) {
      throw new SessionException(
          SessionException.Code.INVALID,
          "request '" + requestId + "' is a question: answer or reject it");
    }
    replies.put(requestId, reply);
    withdraw(requestId);
  }

  @Nullable Reply replyTo(String requestId) {
    return replies.get(requestId);
  }

  /** A mistake of the test if the request does not wait. */
  void withdraw(String requestId) {
    PendingRequest request = requests.remove(requestId);
    if (request == null) {
      throw new IllegalStateException("no request " + requestId + " is waiting");
    }
    events.accept(new SessionEvent.RequestAnswered(request.sessionId(), requestId));
  }

  // ---- Look-ups

  FakeSession existing(String sessionId) {
    FakeSession fake = sessions.get(sessionId);
    if (fake == null) {
      throw new SessionException(
          SessionException.Code.NOT_FOUND, "there is no session '" + sessionId + "'");
    }
    return fake;
  }

  /** A session whose agent the test wants to play: a mistake of the test if it does not work. */
  FakeSession working(String sessionId) {
    FakeSession fake = sessions.get(sessionId);
    if (fake == null || !fake.working()) {
      throw new IllegalStateException(
          "session "
              + sessionId
              + (fake == null ? " does not exist" : " is idle: prompt it first"));
    }
    return fake;
  }

  private void messageUpdated(FakeSession fake, String messageId) {
    events.accept(
        new SessionEvent.MessageUpdated(
            fake.session.id(), FakeSession.bare(fake.message(messageId))));
  }

  private void partUpdated(String sessionId, @Nullable ToolUse use) {
    events.accept(new SessionEvent.PartUpdated(sessionId, existing(sessionId).answer().id(), use));
  }
}
