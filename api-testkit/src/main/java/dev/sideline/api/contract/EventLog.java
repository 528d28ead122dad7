package dev.sideline.api.contract;

import dev.sideline.api.SessionEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Keeps all events in the order in which they came, and notices when two came at once. */
final class EventLog implements Consumer<SessionEvent> {

  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final List<Consumer<SessionEvent>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean overlapped;

  @Override
  public void accept(SessionEvent event) {
    if (inside.incrementAndGet() > 1) {
      overlapped = true;
    }
    events.add(event);
    listeners.forEach(listener -> listener.accept(event));
    inside.decrementAndGet();
  }

  void listen(Consumer<SessionEvent> listener) {
    listeners.add(listener);
  }

  boolean overlapped() {
    return overlapped;
  }

  /** The events of one session, oldest first. */
  List<SessionEvent> of(String sessionId) {
    return events.stream().filter(event -> event.sessionId().equals(sessionId)).toList();
  }

  /** The events of one session and kind, oldest first. */
  <E extends SessionEvent> List<E> of(String sessionId, Class<E> kind) {
    return of(sessionId).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All events of one kind, oldest first. */
  <E extends SessionEvent> List<E> all(Class<E> kind) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
