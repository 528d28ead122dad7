package dev.sideline.api;

import java.util.Objects;

/**
 * A tool call that an agent made in its session.
 *
 * @param callId the host's id of the call
 * @param tool the tool's name
 * @param state how far it is
 */
public record ToolUse(String callId, String tool, State state) {

  public ToolUse {
    Objects.requireNonNull(callId, "callId");
    Objects.requireNonNull(tool, "tool");
    Objects.requireNonNull(state, "state");
  }

  /** The state of a tool call. */
  public enum State {
    PENDING,
    RUNNING,
    COMPLETED,
    FAILED;

    /** Whether the call is over. */
    public boolean ended() {
      return this == COMPLETED || this == FAILED;
    }
  }
}
