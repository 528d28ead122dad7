package dev.sideline.host;

import dev.sideline.api.SessionEvent;

/** Where a runtime puts its events. No method blocks or throws; called on the runtime's threads. */
public interface EventSink {

  /** Whether an event of that session is worth decoding. */
  boolean observes(String sessionId);

  /** Takes an event. */
  void accept(SessionEvent event);

  /** The stream was cut and works again. */
  void eventsLost();
}
