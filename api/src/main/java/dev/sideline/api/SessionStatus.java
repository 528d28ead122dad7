package dev.sideline.api;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a session is doing.
 *
 * @param kind idle, busy, or waiting to try its model again
 * @param attempt how often it has tried again; 0 unless retrying
 * @param reason why it tries again; null unless retrying
 * @param nextTry when it tries again, if the host knows; null unless retrying
 */
public record SessionStatus(
    Kind kind, int attempt, @Nullable String reason, @Nullable Instant nextTry) {

  /** The status of a session that does nothing. */
  public static final SessionStatus IDLE = new SessionStatus(Kind.IDLE, 0, null, null);

  /** The status of a session that works. */
  public static final SessionStatus BUSY = new SessionStatus(Kind.BUSY, 0, null, null);

  public SessionStatus {
    Objects.requireNonNull(kind, "kind");
  }

  /** The status of a session that waits to try its model again. */
  public static SessionStatus retrying(int attempt, String reason, @Nullable Instant nextTry) {
    return new SessionStatus(Kind.RETRYING, attempt, reason, nextTry);
  }

  /** The kinds of status. */
  public enum Kind {
    IDLE,
    BUSY,
    RETRYING
  }
}
