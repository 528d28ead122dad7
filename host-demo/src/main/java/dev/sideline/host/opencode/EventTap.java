package dev.sideline.host.opencode;

import dev.sideline.api.SessionEvent;
import dev.sideline.host.Barrier;
import dev.sideline.host.EventSink;
import java.util.function.Consumer;

/**
 * Looks at what goes to a sink, after the sink has taken it and on the same thread.
 *
 * @param look must not block; what it throws is logged
 */
record EventTap(EventSink sink, Consumer<SessionEvent> look) implements EventSink {

  @Override
  public boolean observes(String sessionId) {
    return sink.observes(sessionId);
  }

  @Override
  public void accept(SessionEvent event) {
    sink.accept(event);
    show(event);
  }

  @Override
  public void acceptObserved(SessionEvent event) {
    sink.acceptObserved(event);
    show(event);
  }

  private void show(SessionEvent event) {
    Barrier.run("Looking at an event", () -> look.accept(event));
  }

  @Override
  public void eventsLost() {
    sink.eventsLost();
  }
}
