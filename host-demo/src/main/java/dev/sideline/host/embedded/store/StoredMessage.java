package dev.sideline.host.embedded.store;

import dev.sideline.api.Message;
import org.jspecify.annotations.Nullable;

/**
 * A message as it is recorded.
 *
 * @param number its place in the session
 * @param open whether it is an answer that is being written
 * @param asked what the agent that writes it waits for an answer to; null if it does not
 */
public record StoredMessage(
    String sessionId, long number, boolean open, @Nullable String asked, Message message) {

  /** A message that nobody is writing. */
  public static StoredMessage closed(String sessionId, long number, Message message) {
    return new StoredMessage(sessionId, number, false, null, message);
  }
}
