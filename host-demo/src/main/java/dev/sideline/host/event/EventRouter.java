package dev.sideline.host.event;

import dev.sideline.api.SessionEvent;
import dev.sideline.host.EventSink;
import java.util.List;

/**
 * Gives each event to the queue of every plugin that wants it. Thread-safe; the events of one
 * session keep the order in which one thread puts them in.
 */
public final class EventRouter implements EventSink, AutoCloseable {

  private final List<EventQueue> queues;

  /** Takes over the queues: they are closed with the router. */
  public EventRouter(List<EventQueue> queues) {
    this.queues = List.copyOf(queues);
  }

  @Override
  public boolean observes(String sessionId) {
    for (EventQueue queue : queues) {
      if (queue.observes(sessionId)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void accept(SessionEvent event) {
    for (EventQueue queue : queues) {
      queue.accept(event);
    }
  }

  @Override
  public void acceptObserved(SessionEvent event) {
    if (queues.size() == 1) {
      // There is nobody else who can have said so.
      queues.get(0).acceptObserved(event);
    } else {
      accept(event);
    }
  }

  @Override
  public void eventsLost() {
    for (EventQueue queue : queues) {
      queue.eventsLost();
    }
  }

  /** Stops the intake of all queues at once, then closes them; bounded. Idempotent. */
  @Override
  public void close() {
    for (EventQueue queue : queues) {
      queue.stopIntake();
    }
    for (EventQueue queue : queues) {
      queue.close();
    }
  }
}
