package dev.sideline.background.simulation;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.NewSession;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A host in virtual time, as awkward as real ones are: a message that it has accepted appears a
 * little later, and its session is seen at work later still; an abort of a session that has not
 * begun does nothing; a crash leaves messages unfinished for ever.
 */
final class SimulatedHost {

  private static final int MAX_APPEAR_MILLIS = 150;
  private static final int MAX_START_MILLIS = 2_500;
  private static final int MAX_CLEAN_UP_MILLIS = 60_000;

  /** Learns what the sessions do. */
  interface Watcher {
    void created(Session session);

    void accepted(Prompt prompt, boolean byPlugin);

    void appeared(Prompt prompt);

    void lost(String messageId);

    void beginsToWork(SimulatedSession session);

    void interrupted(String session);

    void stopped(String session);

    void deleted(String session);
  }

  private final VirtualTime time;
  private final SeededRandom random;
  private final EventStream events;
  private final Watcher watcher;
  private final SimulatedRequests requests;
  private final Map<String, SimulatedSession> sessions = new LinkedHashMap<>();
  private SimulatedAgents agents;
  private long lastId;
  private int epoch;

  SimulatedHost(VirtualTime time, SeededRandom random, EventStream events, Watcher watcher) {
    this.time = time;
    this.random = random;
    this.events = events;
    this.watcher = watcher;
    this.requests = new SimulatedRequests(random, events);
  }

  SimulatedRequests requests() {
    return requests;
  }

  void agents(SimulatedAgents theirs) {
    agents = theirs;
  }

  String newId() {
    return String.format("msg_%08d", ++lastId);
  }

  // --- what people do

  /** A session of its own, or one that an agent has the host create under its own. */
  Session addSession(String id, @Nullable String parent) {
    return add(new Session(id, parent, id, null, Map.of()));
  }

  Session create(NewSession request) {
    if (request.parentId() != null) {
      existing(request.parentId());
    }
    String id = String.format("ses_%06d", ++lastId);
    Session session =
        new Session(
            id, request.parentId(), request.title(), request.directory(), request.metadata());
    watcher.created(session);
    return add(session);
  }

  private Session add(Session session) {
    sessions.put(session.id(), new SimulatedSession(session));
    events.send(new SessionEvent.Created(session));
    return session;
  }

  @Nullable SimulatedSession find(String id) {
    return sessions.get(id);
  }

  List<SimulatedSession> all() {
    return List.copyOf(sessions.values());
  }

  void say(String session, String text) {
    String agent = random.chance(0.7) ? "agent" : "plan";
    ModelRef model = random.chance(0.2) ? random.pick(WorkloadGenerator.MODELS) : null;
    accept(new Prompt(session, newId(), text, agent, model, null, Set.of(), true, null), false);
  }

  void interrupt(SimulatedSession session) {
    if (session.working()) {
      // A message to one that was waiting may be under way, and sets it to work now.
      session.unbidden |= !session.active();
      watcher.interrupted(session.id());
      stop(session);
    }
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
    requests.removed(id);
    sessions.remove(id);
    watcher.deleted(id);
    events.send(new SessionEvent.Deleted(id));
  }

  /** Everything stops where it is, and nothing is told. */
  void crash() {
    epoch++;
    requests.crash();
    for (SimulatedSession session : sessions.values()) {
      if (session.working()) {
        // What held it back does so no more, and the plugin cannot know that yet.
        session.unbidden |= !session.active();
        session.endTurn();
        session.idleSinceMillis = time.millis();
      }
    }
  }

  // --- the turns

  void accept(Prompt prompt, boolean byPlugin) {
    SimulatedSession session = existing(prompt.sessionId());
    if (session.knows(prompt.messageId())) {
      return;
    }
    watcher.accepted(prompt, byPlugin);
    if ("nobody".equals(prompt.agent())) {
      watcher.lost(prompt.messageId());
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("unknown_agent", "no such agent")));
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("unknown_agent", "no such agent")));
      return;
    }
    int acceptedIn = epoch;
    time.after(
        random.delay(MAX_APPEAR_MILLIS),
        () -> {
          if (acceptedIn == epoch) {
            appear(prompt, byPlugin);
          } else {
            watcher.lost(prompt.messageId());
          }
        });
  }

  private void appear(Prompt prompt, boolean byPlugin) {
    SimulatedSession session = sessions.get(prompt.sessionId());
    if (session == null || session.knows(prompt.messageId())) {
      return;
    }
    session.say(prompt, time.instant());
    watcher.appeared(prompt);
    updated(session);
    if (session.working()) {
      session.moreToDo = true;
    } else if (prompt.wake()) {
      int acceptedIn = epoch;
      time.after(
          random.delay(MAX_START_MILLIS),
          () -> {
            if (acceptedIn == epoch) {
              start(session, prompt, byPlugin);
            }
          });
    }
  }

  private void start(SimulatedSession session, Prompt prompt, boolean byPlugin) {
    if (sessions.get(session.id()) != session || session.answeredAfter(prompt.messageId())) {
      // Hosts order messages by their ids: it is none that is still to be answered.
      return;
    }
    if (session.working()) {
      session.moreToDo = true;
      return;
    }
    session.beginTurn(prompt, byPlugin);
    watcher.beginsToWork(session);
    say(session, SessionStatus.BUSY);
    beginAnswer(session);
    if (random.chance(0.02)) {
      events.send(
          new SessionEvent.Failed(session.id(), new Failure("hiccup", "no title was found")));
    }
    agents.begin(session);
  }

  void beginAnswer(SimulatedSession session) {
    session.moreToDo = false;
    session.beginAnswer(newId(), time.instant());
    updated(session);
  }

  /** The agent has come to the end of its message. */
  void finish(SimulatedSession session, @Nullable String finish, @Nullable Failure failure) {
    finish(session, finish, failure, null);
  }

  /** Likewise, with an answer as JSON text. */
  void finish(
      SimulatedSession session,
      @Nullable String finish,
      @Nullable Failure failure,
      @Nullable String json) {
    boolean late = failure != null && !failure.aborted() && random.chance(0.3);
    if (!late) {
      session.complete(time.instant(), finish, failure, json);
      updated(session);
      updated(session);
    }
    if (failure != null) {
      events.send(new SessionEvent.Failed(session.id(), failure));
    }
    if (session.moreToDo && failure == null) {
      beginAnswer(session);
      return;
    }
    if (late) {
      completeLater(session, failure);
    }
    session.endTurn();
    session.idleSinceMillis = time.millis();
    say(session, SessionStatus.IDLE);
    events.send(new SessionEvent.Idle(session.id()));
  }

  /** As a host does that has something to look after before it writes down how it has ended. */
  private void completeLater(SimulatedSession session, Failure failure) {
    String answer = session.answer().id();
    int begunIn = epoch;
    time.after(
        random.delay(MAX_CLEAN_UP_MILLIS),
        () -> {
          boolean newest = session.answer().id().equals(answer);
          if (begunIn == epoch && newest && find(session.id()) == session) {
            session.complete(time.instant(), null, failure, null);
            updated(session);
          }
        });
  }

  /** Its agent is stopped; what it was to take up next is dropped. */
  void stop(SimulatedSession session) {
    if (!session.working()) {
      return;
    }
    session.moreToDo = false;
    session.wasStopped = true;
    watcher.stopped(session.id());
    requests.stopped(session);
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

  SimulatedSession existing(String id) {
    SimulatedSession session = sessions.get(id);
    if (session == null) {
      throw new SessionException(SessionException.Code.NOT_FOUND, "there is no session " + id);
    }
    return session;
  }
}
