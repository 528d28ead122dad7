package dev.sideline.api;

import java.util.List;
import java.util.Objects;

/**
 * A permission or question of an agent that waits for an answer.
 *
 * @param id the host's id, for {@link SessionClient#reply}
 * @param sessionId the session that waits
 * @param kind permission or question
 * @param text what is asked, for a person or a model to read
 * @param options the answers to choose from, in the host's words; for a permission {@code allow},
 *     {@code always} and {@code reject}; empty if any text will do
 */
public record PendingRequest(
    String id, String sessionId, Kind kind, String text, List<String> options) {

  public PendingRequest {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(sessionId, "sessionId");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(text, "text");
    options = List.copyOf(options);
  }

  /** The kinds of request. */
  public enum Kind {
    PERMISSION,
    QUESTION
  }
}
