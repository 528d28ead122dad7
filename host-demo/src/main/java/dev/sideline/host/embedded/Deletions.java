package dev.sideline.host.embedded;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The sessions that are to be removed, each as soon as nobody works in it or below it. Belongs to
 * the thread of the sessions.
 */
final class Deletions {

  private record Deletion(String sessionId, Runnable done, Consumer<SessionException> otherwise) {}

  private final EmbeddedSessions sessions;
  private final SessionRecord record;
  private final Consumer<SessionEvent> events;
  private final List<Deletion> waiting = new ArrayList<>();

  Deletions(EmbeddedSessions sessions, SessionRecord record, Consumer<SessionEvent> events) {
    this.sessions = sessions;
    this.record = record;
    this.events = events;
  }

  /**
   * Removes a session and those below it once they are quiet.
   *
   * @param done runs when they are gone
   * @param otherwise told why it is not certain that they will be
   */
  void add(String sessionId, Runnable done, Consumer<SessionException> otherwise) {
    waiting.add(new Deletion(sessionId, done, otherwise));
    complete();
  }

  /** Removes what can be removed by now. */
  void complete() {
    for (Iterator<Deletion> all = waiting.iterator(); all.hasNext(); ) {
      Deletion deletion = all.next();
      List<EmbeddedSession> tree = sessions.tree(deletion.sessionId());
      if (tree.stream().allMatch(session -> session.turn == null)) {
        all.remove();
        tree.forEach(sessions::remove);
        sessions.departs();
        record.delete(
            deletion.sessionId(),
            gone -> gone.forEach(id -> events.accept(new SessionEvent.Deleted(id))));
        record.afterwards(deletion.done(), deletion.otherwise());
      }
    }
  }
}
