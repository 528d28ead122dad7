package dev.sideline.background.simulation;

import dev.sideline.api.Failure;
import dev.sideline.api.HostContext;
import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Prompt;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionClient;
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
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A host in virtual time, as awkward as real ones are: a message that it has accepted appears a
 * little later, and its session is seen at work later still; an abort of a session that has not
 * begun does nothing; a crash leaves messages unfinished for ever.
 */
final class SimulatedHost implements SessionClient, HostContext {

  private static final int MAX_APPEAR_MILLIS = 150;
  private static final int MAX_START_MILLIS = 2_500;

  /** Learns what the sessions do. */
  interface Watcher {
    void accepted(String messageId);

    void appeared(String messageId);

    void lost(String messageId);

    void beginsToWork(SimulatedSession session);

    void deleted(String session);
  }

  private final VirtualTime time;
  private final Dice dice;
  private final Network network;
  private final EventStream events;
  private final Watcher watcher;
  private final Map<String, SimulatedSession> sessions = new LinkedHashMap<>();
  private SimulatedAgents agents;
  private long lastId;
  private int epoch;

  SimulatedHost(VirtualTime time, Dice dice, Network network, EventStream events, Watcher watcher) {
    this.time = time;
    this.dice = dice;
    this.network = network;
    this.events = events;
    this.watcher = watcher;
  }

  void agents(SimulatedAgents theirs) {
    agents = theirs;
  }

  // --- what a person does

  Session addSession(String id) {
    Session session = new Session(id, null, id, null, Map.of());
    sessions.put(id, new SimulatedSession(session));
    return session;
  }

  @Nullable SimulatedSession find(String id) {
    return sessions.get(id);
  }

  List<SimulatedSession> all() {
    return List.copyOf(sessions.values());
  }

  void say(String session, String text) {
    accept(new Prompt(session, newMessageId(), text, "agent", null, null, Set.of(), true, null));
  }

  void interrupt(SimulatedSession session) {
    stop(session);
  }

  void remove(String id) {
    SimulatedSession session = sessions.get(id);
    if (session == null) {
      return;
    }
    for (SimulatedSession child : all()) {
      if (id.equals(child.session.parentId())) {
        remove(child.id());
      }
    }
    stop(session);
    sessions.remove(id);
    watcher.deleted(id);
    events.send(new SessionEvent.Deleted(id));
  }

  /** Everything stops where it is, and nothing is told. */
  void crash() {
    epoch++;
    for (SimulatedSession session : sessions.values()) {
      if (session.working()) {
        session.status(SessionStatus.IDLE);
        session.moreToDo = false;
        session.turn++;
      }
    }
  }

  // --- the turns

  private void accept(Prompt prompt) {
    SimulatedSession session = existing(prompt.sessionId());
    if (session.knows(prompt.messageId())) {
      return;
    }
    if ("nobody".equals(prompt.agent())) {
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("unknown_agent", "no such agent")));
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("unknown_agent", "no such agent")));
      return;
    }
    watcher.accepted(prompt.messageId());
    int acceptedIn = epoch;
    time.after(
        dice.delay(MAX_APPEAR_MILLIS),
        () -> {
          if (acceptedIn == epoch) {
            appear(prompt);
          } else {
            watcher.lost(prompt.messageId());
          }
        });
  }

  private void appear(Prompt prompt) {
    SimulatedSession session = sessions.get(prompt.sessionId());
    if (session == null || session.knows(prompt.messageId())) {
      return;
    }
    session.say(prompt, time.instant());
    watcher.appeared(prompt.messageId());
    updated(session);
    if (session.working()) {
      session.moreToDo = true;
    } else if (prompt.wake()) {
      int acceptedIn = epoch;
      time.after(
          dice.delay(MAX_START_MILLIS),
          () -> {
            if (acceptedIn == epoch) {
              start(session, prompt.messageId());
            }
          });
    }
  }

  private void start(SimulatedSession session, String messageId) {
    if (sessions.get(session.id()) != session || session.answeredAfter(messageId)) {
      return;
    }
    if (session.working()) {
      session.moreToDo = true;
      return;
    }
    session.turn++;
    session.status(SessionStatus.BUSY);
    watcher.beginsToWork(session);
    say(session, SessionStatus.BUSY);
    beginAnswer(session);
    if (dice.chance(0.02)) {
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("hiccup", "no title was found")));
    }
    agents.begin(session);
  }

  void beginAnswer(SimulatedSession session) {
    session.moreToDo = false;
    session.beginAnswer(newMessageId(), time.instant());
    updated(session);
  }

  /** The agent has come to the end of its message. */
  void finish(SimulatedSession session, @Nullable String finish, @Nullable Failure failure) {
    session.complete(time.instant(), finish, failure);
    updated(session);
    updated(session);
    if (failure != null) {
      events.send(new SessionEvent.Failed(session.id(), failure));
    }
    if (session.moreToDo && failure == null) {
      beginAnswer(session);
      return;
    }
    session.turn++;
    session.moreToDo = false;
    session.status(SessionStatus.IDLE);
    say(session, SessionStatus.IDLE);
    events.send(new SessionEvent.Idle(session.id()));
  }

  private void stop(SimulatedSession session) {
    if (!session.working()) {
      return;
    }
    session.moreToDo = false;
    boolean between = session.status().kind() == SessionStatus.Kind.RETRYING;
    finish(session, null, between ? null : new Failure(Failure.ABORTED, "stopped"));
  }

  void changed(SimulatedSession session, SessionStatus status) {
    session.status(status);
    say(session, status);
  }

  void part(SimulatedSession session, @Nullable ToolUse use) {
    events.send(new SessionEvent.PartUpdated(session.id(), session.answer().id(), use));
  }

  void updated(SimulatedSession session) {
    Message newest = session.newest(1).get(0);
    events.send(new SessionEvent.MessageUpdated(session.id(), SimulatedSession.bare(newest)));
  }

  void tell(SessionEvent event) {
    events.send(event);
  }

  private void say(SimulatedSession session, SessionStatus status) {
    events.send(new SessionEvent.StatusChanged(session.id(), status));
  }

  private SimulatedSession existing(String id) {
    SimulatedSession session = sessions.get(id);
    if (session == null) {
      throw new SessionException(SessionException.Code.NOT_FOUND, "there is no session " + id);
    }
    return session;
  }

  // --- the contract

  @Override
  public CompletionStage<Session> create(NewSession request) {
    return network.call(
        "create for " + request.parentId(),
        () -> {
          if (request.parentId() != null) {
            existing(request.parentId());
          }
          String id = String.format("ses_%06d", ++lastId);
          Session session =
              new Session(id, request.parentId(), request.title(), null, request.metadata());
          sessions.put(id, new SimulatedSession(session));
          events.send(new SessionEvent.Created(session));
          return session;
        });
  }

  @Override
  public CompletionStage<Optional<Session>> get(String id) {
    return network.call(
        "get " + id, () -> Optional.ofNullable(sessions.get(id)).map(found -> found.session));
  }

  @Override
  public CompletionStage<List<Session>> children(String id) {
    return network.call(
        "children of " + id,
        () ->
            sessions.values().stream()
                .map(found -> found.session)
                .filter(session -> id.equals(session.parentId()))
                .toList());
  }

  @Override
  public CompletionStage<Map<String, SessionStatus>> statuses() {
    return network.call(
        "statuses",
        () -> {
          Map<String, SessionStatus> busy = new LinkedHashMap<>();
          for (SimulatedSession session : sessions.values()) {
            if (session.working()) {
              busy.put(session.id(), session.status());
            }
          }
          return busy;
        });
  }

  @Override
  public CompletionStage<List<Message>> messages(String id, int limit) {
    return network.call("messages of " + id, () -> existing(id).newest(limit));
  }

  @Override
  public CompletionStage<Void> prompt(Prompt prompt) {
    return command(
        (prompt.wake() ? "prompt " : "note ") + prompt.sessionId() + " with " + prompt.messageId(),
        () -> accept(prompt));
  }

  @Override
  public CompletionStage<Void> abort(String id) {
    return command(
        "abort " + id,
        () -> {
          SimulatedSession session = sessions.get(id);
          if (session != null && session.working() && time.millis() >= session.deafUntil) {
            int turn = session.turn;
            time.after(
                dice.delay(4_000),
                () -> {
                  if (session.inTurn(turn)) {
                    stop(session);
                  }
                });
          }
        });
  }

  @Override
  public CompletionStage<Void> delete(String id) {
    return command("delete " + id, () -> remove(id));
  }

  @Override
  public CompletionStage<List<PendingRequest>> pendingRequests() {
    return network.call("pending requests", List::of);
  }

  @Override
  public CompletionStage<Void> reply(String requestId, Reply reply) {
    return command("reply", () -> {});
  }

  private CompletionStage<Void> command(String what, Runnable work) {
    Supplier<Void> supplier =
        () -> {
          work.run();
          return null;
        };
    return network.call(what, supplier);
  }

  @Override
  public String newMessageId() {
    return String.format("msg_%08d", ++lastId);
  }

  @Override
  public SessionClient sessions() {
    return this;
  }

  @Override
  public Clock clock() {
    return time;
  }
}
