package dev.sideline.host.event;

import dev.sideline.api.PluginHooks;
import dev.sideline.api.SessionEvent;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import dev.sideline.host.text.TextLength;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events on their way to one plugin, and the thread that hands them over.
 *
 * <p>The thread takes all that waits at once and delivers it outside the lock, so whoever puts
 * events in is held up by nobody. At most {@code capacity} events wait, with at most {@code
 * maxCharacters} of text in them, while at most as many are being delivered. What comes when the
 * queue is full is dropped, and the plugin is told through {@link PluginHooks#onEventsLost} after
 * the events that came before the gap and before those that came after it.
 *
 * <p>Thread-safe.
 */
public final class EventQueue implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

  /** How long a delivery that was interrupted may take to notice it. */
  private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

  private final String name;
  private final PluginHooks hooks;

  /** What is done with an event, for the log. */
  private final String delivering;

  private final int capacity;
  private final long maxCharacters;
  private final Duration drain;
  private final Thread delivery;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by the lock.
  private Queue<SessionEvent> waiting = new ArrayDeque<>();
  private long characters;
  private boolean lost;
  private boolean overflowed;
  private boolean closed;
  private long dropped;

  /** Set when the time to drain is over: what still waits is not delivered any more. */
  private volatile boolean abandoned;

  /**
   * Starts the delivery thread.
   *
   * @param name names the plugin in the thread's name and in the log
   * @param hooks what they throw is logged, and the next event is delivered
   * @param capacity how many events may wait, at least 1
   * @param maxCharacters how much text may be in events that wait; one may always wait alone
   * @param drain how long {@link #close} waits for what is on its way
   */
  public EventQueue(
      String name, PluginHooks hooks, int capacity, long maxCharacters, Duration drain) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity is " + capacity + "; it must be at least 1");
    }
    this.name = name;
    this.hooks = hooks;
    this.delivering = "An event for plugin " + name;
    this.capacity = capacity;
    this.maxCharacters = maxCharacters;
    this.drain = drain;
    delivery = DaemonThreads.unstarted("sideline-events-" + name, this::deliver);
    delivery.start();
  }

  /** Whether the plugin wants the events of that session. Asks it directly, on this thread. */
  public boolean observes(String sessionId) {
    return hooks.observes(sessionId);
  }

  /**
   * Puts an event in if the plugin wants it, or it is of the beginning or end of a session, and
   * there is room. Never blocks.
   */
  public void accept(SessionEvent event) {
    boolean always = event instanceof SessionEvent.Created || event instanceof SessionEvent.Deleted;
    if (always || hooks.observes(event.sessionId())) {
      acceptObserved(event);
    }
  }

  /** The same, once the plugin has said that it wants it. */
  void acceptObserved(SessionEvent event) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      long length = TextLength.of(event);
      if (waiting.size() >= capacity || !fits(length)) {
        dropped++;
        overflowed = true;
        lost = true;
      } else {
        waiting.add(event);
        characters += length;
      }
      changed.signal();
    } catch (Throwable noRoom) { // Whoever puts events in goes on with the next.
      lost = true;
      changed.signal();
      Barrier.report("Keeping an event for plugin " + name, noRoom);
    } finally {
      lock.unlock();
    }
  }

  private boolean fits(long length) {
    return waiting.isEmpty() || characters + length <= maxCharacters;
  }

  /** Has the plugin told that events may be missing, after what waits already. */
  public void eventsLost() {
    lock.lock();
    try {
      lost = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** How many events were dropped so far because the queue was full. */
  public long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  /** Takes no more events from now on. Does not wait. */
  void stopIntake() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes no more events, waits for a bounded time until those that wait are delivered, and ends
   * the thread. A hook that does not return in that time is interrupted and, if that does not help,
   * left behind. Idempotent.
   */
  @Override
  public void close() {
    stopIntake();
    if (!join(drain)) {
      abandoned = true;
      delivery.interrupt();
      if (!join(AFTER_INTERRUPT)) {
        log.warn("Plugin {} does not return from an event; its thread is left behind", name);
      }
    }
    long total = dropped();
    if (total > 0) {
      log.info("Plugin {} was too slow for {} events in all", name, total);
    }
  }

  private boolean join(Duration limit) {
    try {
      delivery.join(Math.max(1, limit.toMillis()));
    } catch (InterruptedException e) {
      // Whoever closes is in a hurry: do not wait, but leave the interrupt for the caller to see.
      Thread.currentThread().interrupt();
    }
    return !delivery.isAlive();
  }

  private void deliver() {
    boolean told = false;
    Batch batch;
    while ((batch = take()) != null) {
      for (SessionEvent event : batch.events) {
        if (abandoned) {
          return;
        }
        Barrier.run(delivering, () -> hooks.onEvent(event));
        // An interrupt that a hook has left behind is nobody's but its own.
        Thread.interrupted();
      }
      if (batch.overflowed && !told) {
        told = true;
        log.warn(
            "Plugin {} is too slow: {} events waited, more were dropped (told once)",
            name,
            batch.events.size());
      }
      if (batch.lost && !abandoned) {
        Barrier.run("Telling plugin " + name + " of lost events", hooks::onEventsLost);
        Thread.interrupted();
      }
    }
  }

  /** Everything that waits; null once the queue is closed and empty. */
  private @Nullable Batch take() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !lost && !closed) {
        changed.awaitUninterruptibly();
      }
      if (waiting.isEmpty() && (closed || !lost)) {
        return null;
      }
      Batch batch = new Batch(waiting, lost, overflowed);
      waiting = new ArrayDeque<>();
      characters = 0;
      lost = false;
      overflowed = false;
      return batch;
    } finally {
      lock.unlock();
    }
  }

  private record Batch(Queue<SessionEvent> events, boolean lost, boolean overflowed) {}
}
