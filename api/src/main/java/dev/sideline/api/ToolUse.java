package dev.sideline.api;

import java.util.Objects;

/**
 * A tool call that an agent made in its session.
 *
 * @param callId the host's id of the call
 * @param tool the tool's name
 * @param state how far it is
 * @param arguments what the tool was called with, as the host shows it, most often a JSON object;
 *     empty if it is not known or not there yet
 * @param result what came of the call, or why it failed, as the host shows it; empty if it is not
 *     known or not there yet, and in events
 */
public record ToolUse(String callId, String tool, State state, String arguments, String result) {

  public ToolUse {
    Objects.requireNonNull(callId, "callId");
    Objects.requireNonNull(tool, "tool");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(result, "result");
  }

  /** A call of which neither the arguments nor the result are known. */
  public ToolUse(String callId, String tool, State state) {
    this(callId, tool, state, "", "");
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
