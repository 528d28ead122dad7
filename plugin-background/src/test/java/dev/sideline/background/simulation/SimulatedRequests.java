package dev.sideline.background.simulation;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.PendingRequest.Kind;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The permissions and questions of the simulated host. One whose session is stopped is sometimes
 * left on the list for ever, as real hosts do.
 */
final class SimulatedRequests {

  /**
   * A request that waits.
   *
   * @param turn the turn of its session that it belongs to
   * @param then has the agent go on; given the reply
   */
  private record Asked(
      PendingRequest request, SimulatedSession session, int turn, Consumer<Reply> then) {}

  private final SeededRandom random;
  private final EventStream events;
  private final Map<String, Asked> listed = new LinkedHashMap<>();
  private long last;

  SimulatedRequests(SeededRandom random, EventStream events) {
    this.random = random;
    this.events = events;
  }

  /** An agent asks, and waits. */
  void ask(SimulatedSession session, Kind kind, Consumer<Reply> then) {
    List<String> options =
        kind == Kind.PERMISSION ? List.of("allow", "always", "reject") : List.of("yes", "no");
    PendingRequest request =
        new PendingRequest("req_" + ++last, session.id(), kind, "may it?", options);
    session.waitsFor.add(request.id());
    listed.put(request.id(), new Asked(request, session, session.turn, then));
    events.send(new SessionEvent.RequestAsked(request));
  }

  List<PendingRequest> all() {
    return listed.values().stream().map(Asked::request).toList();
  }

  @Nullable PendingRequest find(String id) {
    Asked asked = listed.get(id);
    return asked == null ? null : asked.request();
  }

  /** Whether an agent waits for the answer. */
  boolean waiting(String id) {
    Asked asked = listed.get(id);
    return asked != null && asked.session().inTurn(asked.turn());
  }

  /**
   * Somebody answers.
   *
   * @param byPlugin whether it is the plugin
   */
  void answer(String id, Reply reply, boolean byPlugin) {
    Asked asked = listed.get(id);
    if (asked == null) {
      throw new SessionException(Code.NOT_FOUND, "there is no request " + id);
    }
    boolean answers = reply instanceof Reply.Answer;
    boolean question = asked.request().kind() == Kind.QUESTION;
    if (!(reply instanceof Reply.Reject) && answers != question) {
      throw new SessionException(Code.INVALID, "not an answer to " + asked.request().kind());
    }
    withdraw(asked);
    SimulatedSession session = asked.session();
    if (!session.inTurn(asked.turn())) {
      return;
    }
    session.waitsFor.remove(id);
    // Of several, the plugin may not have heard of the one that somebody else has answered.
    session.unbidden |= !byPlugin;
    if (session.waitsFor.isEmpty()) {
      asked.then().accept(reply);
    }
  }

  /** A session is stopped. */
  void stopped(SimulatedSession session) {
    // It may be said to wait, from now on, when it does not.
    session.unbidden |= !session.waitsFor.isEmpty();
    for (String id : List.copyOf(session.waitsFor)) {
      Asked asked = listed.get(id);
      if (asked != null && random.chance(0.5)) {
        withdraw(asked);
      }
    }
  }

  private void withdraw(Asked asked) {
    listed.remove(asked.request().id());
    events.send(
        new SessionEvent.RequestAnswered(asked.request().sessionId(), asked.request().id()));
  }

  /** A session is removed. */
  void removed(String session) {
    listed.values().removeIf(asked -> asked.request().sessionId().equals(session));
  }

  /** The host has forgotten them all. */
  void crash() {
    listed.clear();
  }

  /** Those that agents wait for, the oldest first. */
  List<PendingRequest> open() {
    List<PendingRequest> open = new ArrayList<>();
    for (Asked asked : listed.values()) {
      if (waiting(asked.request().id())) {
        open.add(asked.request());
      }
    }
    return open;
  }
}
