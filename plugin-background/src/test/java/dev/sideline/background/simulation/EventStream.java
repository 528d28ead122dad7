package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The way of events from the host: in order for each session, but late, and some are dropped or
 * come again much later. A cut loses all that are under way and all that come until it is mended.
 */
final class EventStream {

  private static final int MAX_DELAY_MILLIS = 900;

  private final VirtualTime time;
  private final SeededRandom random;
  private final Consumer<SessionEvent> receiver;
  private final Map<String, Long> lastArrival = new HashMap<>();
  private double faults;
  private int stream;
  private boolean cut;

  EventStream(VirtualTime time, SeededRandom random, Consumer<SessionEvent> receiver) {
    this.time = time;
    this.random = random;
    this.receiver = receiver;
  }

  /** How often an event is dropped, and how often one comes twice, of 1. */
  void faults(double probability) {
    faults = probability;
  }

  void send(SessionEvent event) {
    if (cut || random.chance(faults)) {
      return;
    }
    long arrival =
        Math.max(
            time.millis() + random.delay(MAX_DELAY_MILLIS),
            lastArrival.getOrDefault(event.sessionId(), 0L));
    lastArrival.put(event.sessionId(), arrival);
    deliver(event, arrival);
    if (random.chance(faults)) {
      deliver(event, arrival + random.delay(5_000));
    }
  }

  private void deliver(SessionEvent event, long arrival) {
    int sentOn = stream;
    time.at(
        arrival,
        () -> {
          if (sentOn == stream) {
            receiver.accept(event);
          }
        });
  }

  void cut() {
    breakOff();
    cut = true;
  }

  /** Whoever listens does so no more: what is under way is lost. */
  void breakOff() {
    stream++;
  }

  void mend() {
    cut = false;
  }
}
