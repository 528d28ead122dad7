package dev.sideline.background.engine.model;

import java.util.EnumSet;
import java.util.Set;

/** How far a notice is that is on its way to a parent. */
public enum NotificationPhase {
  /** It has not arrived, and is sent at once, or after a while. */
  UNSENT,
  /** The host is asked to take it. */
  SENDING,
  /** It is open whether it has arrived, and that is looked at after a while. */
  UNCERTAIN,
  /** The host is asked whether it has arrived. */
  PROBING,
  /** It has not arrived, and is sent again when the parent may be set to work. */
  HELD,
  /** Nobody is to be told any more, and only the answer to the last call is awaited. */
  DROPPED;

  /** Whether this may be followed by another. */
  boolean canMoveTo(NotificationPhase next) {
    return following().contains(next);
  }

  private Set<NotificationPhase> following() {
    return switch (this) {
      case UNSENT -> EnumSet.of(SENDING, HELD);
      case SENDING -> EnumSet.of(UNCERTAIN, UNSENT, DROPPED);
      case UNCERTAIN -> EnumSet.of(PROBING);
      case PROBING -> EnumSet.of(UNCERTAIN, UNSENT, DROPPED);
      case HELD -> EnumSet.of(UNSENT);
      case DROPPED -> EnumSet.noneOf(NotificationPhase.class);
    };
  }

  /** Whether an answer of the host is awaited. */
  public boolean calling() {
    return this == SENDING || this == PROBING || this == DROPPED;
  }

  /** Whether it may arrive, or have arrived, without our knowing. */
  boolean uncertain() {
    return calling() || this == UNCERTAIN;
  }
}
