package dev.sideline.background.engine.model;

import dev.sideline.background.engine.protocol.ProbeResult;
import org.jspecify.annotations.Nullable;

/** The check of a task's answer against its schema. */
public final class AnswerCheck {

  private @Nullable ProbeResult answer;
  private boolean repaired;

  /** Begins it; tells whether none was under way. */
  public boolean begin(ProbeResult of) {
    boolean first = answer == null;
    if (first) {
      answer = of;
    }
    return first;
  }

  /** Whether one is under way. */
  boolean underWay() {
    return answer != null;
  }

  /** The answer that was being checked; null if none is, or it counts no more. */
  public @Nullable ProbeResult end() {
    ProbeResult checked = answer;
    answer = null;
    return checked;
  }

  /** A new message has set the agent to work: its answer counts no more. */
  void drop() {
    answer = null;
  }

  /** Whether the agent was told to mend its answer. */
  boolean repaired() {
    return repaired;
  }

  /** The agent is told to mend its answer; tells whether it was not before. */
  public boolean repair() {
    boolean first = !repaired;
    repaired = true;
    return first;
  }
}
