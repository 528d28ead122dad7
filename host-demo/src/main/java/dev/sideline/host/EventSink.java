package dev.sideline.host;

import dev.sideline.api.SessionEvent;

/** Where a runtime puts its events. No method blocks or throws; called on the runtime's threads. */
public interface EventSink {

  /** Whether an event of that session is worth decoding. */
  boolean observes(String sessionId);

  /** Takes an event; one that nobody observes is dropped, but for a creation or a deletion. */
  void accept(SessionEvent event);

  /**
   * Takes an event of a session that {@link #observes} has just said to be worth it, or of its
   * creation or deletion. So nobody need be asked twice for one event.
   */
  default void acceptObserved(SessionEvent event) {
    accept(event);
  }

  /** The stream was cut and works again. */
  void eventsLost();
}
