package dev.sideline.host.cli;

import dev.sideline.api.Message;
import dev.sideline.api.SessionClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** What a session was told about its tasks. */
final class Notices {

  private static final int LOOKED_AT = 50;

  private final SessionClient sessions;
  private final String sessionId;

  Notices(SessionClient sessions, String sessionId) {
    this.sessions = sessions;
    this.sessionId = sessionId;
  }

  /** The messages to the session that name a task, oldest first; none if they cannot be read. */
  List<String> naming(Set<String> taskIds) {
    List<String> found = new ArrayList<>();
    try {
      for (Message message : Host.answer(sessions.messages(sessionId, LOOKED_AT))) {
        if (message.role() == Message.Role.USER
            && taskIds.stream().anyMatch(message.text()::contains)) {
          found.add(message.text());
        }
      }
    } catch (CommandFailedException e) {
      return List.of(); // A session that is gone was told nothing.
    }
    Collections.reverse(found);
    return found;
  }

  /** Whether each of the tasks is named in some message. */
  boolean nameAll(Set<String> taskIds) {
    List<String> texts = naming(taskIds);
    return taskIds.stream().allMatch(id -> texts.stream().anyMatch(text -> text.contains(id)));
  }
}
