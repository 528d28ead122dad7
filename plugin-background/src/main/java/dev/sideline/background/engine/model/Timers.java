package dev.sideline.background.engine.model;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is due at a later time. Cancelled timers leave at once, so that its size is that of what is
 * really waited for.
 */
public final class Timers {

  /** What a process has asked of the host, or sent, just before it ended has arrived by then. */
  public static final long AFTER_RESTART_MILLIS = 2_000;

  private final TreeMap<Timer, TimedEvent> events = new TreeMap<>();
  private long nextOrder;

  /** Sets a timer, in epoch milliseconds. */
  public Timer at(long atMillis, TimedEvent event) {
    Timer timer = new Timer(atMillis, nextOrder++);
    events.put(timer, event);
    return timer;
  }

  /** Sets a timer to another time, unless it was due or cancelled. */
  public Timer move(Timer timer, long atMillis) {
    TimedEvent event = events.remove(timer);
    return event == null ? timer : at(atMillis, event);
  }

  /** Whether a timer is neither due nor cancelled. */
  public boolean contains(Timer timer) {
    return events.containsKey(timer);
  }

  public void cancel(@Nullable Timer timer) {
    if (timer != null) {
      events.remove(timer);
    }
  }

  /** When the next timer is due, in epoch milliseconds; {@link Long#MAX_VALUE} if there is none. */
  public long nextDue() {
    return events.isEmpty() ? Long.MAX_VALUE : events.firstKey().atMillis();
  }

  /** Takes out what is due first; null if nothing is due. */
  public @Nullable TimedEvent pollDue(long nowMillis) {
    if (events.isEmpty() || events.firstKey().atMillis() > nowMillis) {
      return null;
    }
    return events.pollFirstEntry().getValue();
  }

  int size() {
    return events.size();
  }
}
