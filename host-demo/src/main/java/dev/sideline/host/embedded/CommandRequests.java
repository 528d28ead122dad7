package dev.sideline.host.embedded;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Permissions and questions of commands, one at a time for each command: the replies are lines on
 * its standard input, so they have to come in the order of the requests. Belongs to the thread of
 * the sessions.
 */
final class CommandRequests {

  /** So much may wait for a reply to one command; what asks for more has lost its way. */
  static final int MAX_WAITING = 100;

  private final CommandLoop commands;
  private final MessageIds ids;
  private final SessionRecord record;
  private final Consumer<SessionEvent> events;
  private final Map<String, Waiting> waiting = new LinkedHashMap<>();

  private record Waiting(
      PendingRequest shown, CommandRequest request, EmbeddedSession session, Turn turn) {}

  CommandRequests(
      CommandLoop commands, MessageIds ids, SessionRecord record, Consumer<SessionEvent> events) {
    this.commands = commands;
    this.ids = ids;
    this.record = record;
    this.events = events;
  }

  /**
   * Puts what a command has asked for since the last time before whoever answers. A command that
   * asks without end is ended.
   */
  void collect(EmbeddedSession session, Turn turn) {
    turn.requests().addAll(turn.answer().takeRequests());
    if (turn.answer().asksTooMuch() || turn.requests().size() > MAX_WAITING) {
      turn.fail(
          "it has asked for more than " + MAX_WAITING + " things without waiting for a reply");
      withdraw(turn);
      if (turn.run() != null) {
        commands.stop(turn.run());
      }
      return;
    }
    askNext(session, turn);
  }

  private void askNext(EmbeddedSession session, Turn turn) {
    if (turn.aborted()
        || turn.problem() != null
        || waiting.values().stream().anyMatch(asked -> asked.turn() == turn)) {
      return;
    }
    for (CommandRequest next = turn.requests().poll();
        next != null;
        next = turn.requests().poll()) {
      if (next.mark() == Mark.PERMIT && session.allows(next.line())) {
        send(turn, next.lineFor(new Reply.AllowAlways()));
      } else {
        String prefix = next.mark() == Mark.PERMIT ? "per_" : "que_";
        PendingRequest shown = next.as(prefix + ids.next(), session.session.id());
        waiting.put(shown.id(), new Waiting(shown, next, session, turn));
        turn.asks(shown.text());
        events.accept(new SessionEvent.RequestAsked(shown));
        return;
      }
    }
  }

  List<PendingRequest> pending() {
    return waiting.values().stream().map(Waiting::shown).toList();
  }

  void reply(String requestId, Reply reply) {
    Waiting asked =
        Optional.ofNullable(waiting.get(requestId))
            .orElseThrow(
                () ->
                    new SessionException(
                        Code.NOT_FOUND, "no request '" + requestId + "' is waiting"));
    String line;
    try {
      line = asked.request().lineFor(reply);
    } catch (IllegalArgumentException misfit) {
      throw new SessionException(
          Code.INVALID,
          "the reply does not fit request '" + requestId + "': " + misfit.getMessage(),
          misfit);
    }
    if (reply instanceof Reply.AllowAlways) {
      asked.session().allow(asked.request().line());
      record.allowed(asked.session());
    }
    send(asked.turn(), line);
    remove(asked);
    askNext(asked.session(), asked.turn());
  }

  /** Takes back what a command asked for that has been stopped or has ended. */
  void withdraw(Turn turn) {
    turn.requests().clear();
    waiting.values().stream().filter(asked -> asked.turn() == turn).toList().forEach(this::remove);
  }

  private void remove(Waiting asked) {
    waiting.remove(asked.shown().id());
    asked.turn().asks(null);
    events.accept(new SessionEvent.RequestAnswered(asked.shown().sessionId(), asked.shown().id()));
  }

  private void send(Turn turn, String line) {
    if (turn.run() != null) {
      commands.reply(turn.run(), line);
    }
  }
}
