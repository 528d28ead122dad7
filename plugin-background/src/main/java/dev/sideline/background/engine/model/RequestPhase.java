package dev.sideline.background.engine.model;

import java.util.EnumSet;
import java.util.Set;

/** Whether a permission or question is being answered. */
public enum RequestPhase {
  /** It waits for an answer. */
  OPEN,
  /** An answer is being given. */
  ANSWERING,
  /** It is not known whether the answer was taken. */
  UNCERTAIN;

  /** Whether this may be followed by another. */
  boolean canMoveTo(RequestPhase next) {
    return following().contains(next);
  }

  private Set<RequestPhase> following() {
    return switch (this) {
      case OPEN -> EnumSet.of(ANSWERING);
      case ANSWERING -> EnumSet.of(OPEN, UNCERTAIN);
      case UNCERTAIN -> EnumSet.of(OPEN, ANSWERING);
    };
  }
}
