package dev.sideline.host.opencode;

import static org.awaitility.Awaitility.await;

import dev.sideline.api.SessionEvent;
import dev.sideline.host.EventSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Keeps what a runtime tells. */
final class RecordingSink implements EventSink {

  private final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicInteger connected = new AtomicInteger();
  private final Consumer<SessionEvent> listener;
  private volatile Predicate<String> observed = id -> true;

  RecordingSink() {
    this(event -> {});
  }

  RecordingSink(Consumer<SessionEvent> listener) {
    this.listener = listener;
  }

  /** Observes only the sessions that fit, from now on. */
  void observe(Predicate<String> sessions) {
    observed = sessions;
  }

  @Override
  public boolean observes(String sessionId) {
    return observed.test(sessionId);
  }

  @Override
  public void accept(SessionEvent event) {
    events.add(event);
    listener.accept(event);
  }

  @Override
  public void eventsLost() {
    connected.incrementAndGet();
  }

  /** How often the stream has been opened. */
  int connected() {
    return connected.get();
  }

  void awaitConnected(int times) {
    await().until(() -> connected.get() >= times);
  }

  List<SessionEvent> events() {
    return List.copyOf(events);
  }

  List<SessionEvent> of(String sessionId) {
    return events.stream().filter(event -> event.sessionId().equals(sessionId)).toList();
  }

  <E extends SessionEvent> List<E> of(String sessionId, Class<E> kind) {
    return of(sessionId).stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  void awaitIdle(String sessionId) {
    await().until(() -> !of(sessionId, SessionEvent.Idle.class).isEmpty());
  }
}
