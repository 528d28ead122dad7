package dev.sideline.host.embedded;

import dev.sideline.api.SessionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Has things done with sessions: at once with those in memory, with others when they have been read
 * from the record. What is to be done with one session is done in the order in which it came.
 * Belongs to the thread of the sessions.
 */
final class SessionLoader {

  private static final int MAX_TRIES = 100;

  private record Waiting(Runnable work, Consumer<SessionException> otherwise) {}

  private final EmbeddedSessions sessions;
  private final SessionRecord record;
  private final Map<String, List<Waiting>> reading = new HashMap<>();

  SessionLoader(EmbeddedSessions sessions, SessionRecord record) {
    this.sessions = sessions;
    this.record = record;
  }

  /**
   * Has something done.
   *
   * @param messages whether the session's messages are needed for it
   * @param work finds the session in memory, if there is one
   * @param otherwise told why it cannot be read
   */
  void with(
      String sessionId, boolean messages, Runnable work, Consumer<SessionException> otherwise) {
    List<Waiting> before = reading.get(sessionId);
    if (before != null) {
      before.add(new Waiting(work, otherwise));
    } else if (!record.keeps() || sessions.isInMemory(sessionId, messages)) {
      work.run();
    } else {
      List<Waiting> waiting = new ArrayList<>();
      waiting.add(new Waiting(work, otherwise));
      reading.put(sessionId, waiting);
      read(sessionId, 1);
    }
  }

  private void read(String sessionId, int attempt) {
    long before = sessions.departures();
    record.load(
        sessionId,
        found -> {
          if (before == sessions.departures()) {
            try {
              found.ifPresent(sessions::enter);
            } catch (SessionException noRoom) {
              fail(sessionId, noRoom);
              return;
            }
            done(sessionId);
          } else if (attempt < MAX_TRIES) {
            read(sessionId, attempt + 1); // What was read may be older than what has left since.
          } else {
            fail(
                sessionId,
                new SessionException(
                    SessionException.Code.UNAVAILABLE,
                    "session '" + sessionId + "' cannot be read at the moment"));
          }
        },
        failure -> fail(sessionId, failure));
  }

  private void done(String sessionId) {
    // One of them may ask for another that is not in memory, but not for this one.
    List<Waiting> waiting = reading.remove(sessionId);
    if (waiting != null) {
      waiting.forEach(one -> one.work().run());
    }
  }

  private void fail(String sessionId, SessionException failure) {
    List<Waiting> waiting = reading.remove(sessionId);
    if (waiting != null) {
      waiting.forEach(one -> one.otherwise().accept(failure));
    }
  }
}
