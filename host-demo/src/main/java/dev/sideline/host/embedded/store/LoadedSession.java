package dev.sideline.host.embedded.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session that was read.
 *
 * @param line the sessions from the top of its tree down to itself
 * @param messages its own messages, oldest first
 * @param workplace the content of its tree's {@link StoredWorkplace}; null if there is none
 */
public record LoadedSession(
    List<StoredSession> line, List<StoredMessage> messages, @Nullable String workplace) {

  public LoadedSession {
    line = List.copyOf(line);
    messages = List.copyOf(messages);
  }
}
