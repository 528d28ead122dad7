package dev.sideline.background.engine.model;

import java.util.EnumSet;
import java.util.Set;

/** How far the session of a task is with being told something. */
public enum MessagePhase {
  /** Nothing is on its way to it. */
  IDLE,
  /** Its agent is being stopped for the next message. */
  INTERRUPTING,
  /** The host is asked to take a message, or will be asked again. */
  SENDING,
  /** It is open whether the host has taken the last: a probe tells, before the next is given. */
  UNCERTAIN;

  /** Whether this may be followed by another. */
  boolean canMoveTo(MessagePhase next) {
    return following().contains(next);
  }

  private Set<MessagePhase> following() {
    return switch (this) {
      case IDLE -> EnumSet.of(INTERRUPTING, SENDING);
      case SENDING -> EnumSet.of(IDLE, UNCERTAIN);
      case INTERRUPTING, UNCERTAIN -> EnumSet.of(IDLE);
    };
  }
}
