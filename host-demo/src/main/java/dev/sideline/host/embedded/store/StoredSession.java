package dev.sideline.host.embedded.store;

import dev.sideline.api.Session;
import java.util.List;

/**
 * A session as it is recorded, without its messages.
 *
 * @param number ascends with the order in which sessions were created
 * @param state what changes of it
 * @param allowed what its commands may do without asking again, what was allowed first first
 */
public record StoredSession(
    Session session, long number, SessionState state, List<String> allowed) {

  public StoredSession {
    allowed = List.copyOf(allowed);
  }
}
