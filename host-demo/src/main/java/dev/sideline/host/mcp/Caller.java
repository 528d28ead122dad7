package dev.sideline.host.mcp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a call comes from.
 *
 * @param sessionId the session, as the host knows it
 * @param callId the host's id of the call; null if it has none
 */
public record Caller(String sessionId, @Nullable String callId) {
  public Caller {
    Objects.requireNonNull(sessionId, "sessionId");
  }
}
