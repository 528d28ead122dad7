package dev.sideline.host.mcp;

import dev.sideline.host.DaemonThreads;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * How many calls may be open at once. A call that has been open for a second is a wait; of those
 * each session has {@value #MAX_WAITS}, so that it holds up neither another session nor a call of
 * its own that does not wait. Of the younger ones there are {@value #MAX_YOUNG} over all: whoever
 * brings more is held up until one is answered or has become a wait. Safe for use from any thread.
 */
final class CallPlaces implements AutoCloseable {

  static final int MAX_WAITS = 200;
  private static final int MAX_YOUNG = 1_000;
  private static final Duration YOUNG = Duration.ofSeconds(1);

  private final ScheduledExecutorService timer = DaemonThreads.timer("sideline-mcp-waits");
  private final Map<String, Integer> waits = new HashMap<>();
  private int young;
  private int youngThatMatter;
  private boolean closed;

  /** The place of one call. */
  final class Place implements AutoCloseable {

    private final boolean matters;
    private final Runnable onExcess;
    private String session = "";
    private boolean isYoung = true;
    private boolean waits;

    private Place(boolean matters, Runnable onExcess) {
      this.matters = matters;
      this.onExcess = onExcess;
    }

    /** Whose call it is. */
    void of(String caller) {
      synchronized (CallPlaces.this) {
        if (isYoung) {
          session = caller;
        }
      }
    }

    private void age() {
      synchronized (CallPlaces.this) {
        if (!isYoung) {
          return;
        }
        endYouth();
        if (count(session, 1) <= MAX_WAITS) {
          waits = true;
          return;
        }
        count(session, -1);
      }
      onExcess.run();
    }

    /** The call is answered, or nobody waits for its answer any more. Idempotent. */
    @Override
    public void close() {
      synchronized (CallPlaces.this) {
        if (isYoung) {
          endYouth();
        } else if (waits) {
          waits = false;
          count(session, -1);
        }
      }
    }

    private void endYouth() {
      isYoung = false;
      young--;
      youngThatMatter -= matters ? 1 : 0;
      CallPlaces.this.notifyAll();
    }
  }

  private int count(String session, int more) {
    Integer now = waits.merge(session, more, Integer::sum);
    waits.remove(session, 0);
    return now;
  }

  /**
   * A call begins. Waits while too many are young.
   *
   * @param matters whether it is answered before the connection ends, see {@link #awaitYoung}
   * @param onExcess run if it becomes a wait and its session has too many
   */
  Place take(boolean matters, Runnable onExcess) {
    Place place = new Place(matters, onExcess);
    synchronized (this) {
      awaitRoom();
      young++;
      youngThatMatter += matters ? 1 : 0;
      if (!closed) {
        var unused = timer.schedule(place::age, YOUNG.toMillis(), TimeUnit.MILLISECONDS);
      }
    }
    return place;
  }

  private synchronized void awaitRoom() {
    try {
      while (young >= MAX_YOUNG && !closed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits until those calls that matter are answered or have become waits, for a second at most.
   */
  synchronized void awaitYoung() throws InterruptedException {
    long end = System.nanoTime() + YOUNG.toNanos();
    for (long left = YOUNG.toNanos();
        youngThatMatter > 0 && left > 0 && !closed;
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  /** Counts no longer. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    timer.shutdownNow();
  }
}
