package dev.sideline.background.engine.model;

import java.util.EnumSet;
import java.util.Set;

/** Whether the session of a task is being probed. */
public enum ProbePhase {
  /** It is not. */
  NONE,
  /** It is. */
  UNDER_WAY,
  /** It is, by a probe that began before a pause, and says nothing of what came then. */
  STALE;

  /** Whether this may be followed by another. */
  boolean canMoveTo(ProbePhase next) {
    return following().contains(next);
  }

  private Set<ProbePhase> following() {
    return switch (this) {
      case NONE -> EnumSet.of(UNDER_WAY);
      // A notice that has set it to work has it probed anew at once.
      case UNDER_WAY -> EnumSet.of(NONE, UNDER_WAY, STALE);
      case STALE -> EnumSet.of(NONE, UNDER_WAY);
    };
  }
}
