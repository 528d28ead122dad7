package dev.sideline.api.testing;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Runs actions one at a time, in the order in which they were added, without a thread of its own:
 * whoever calls {@link #flush} while nobody else is at it runs all that is there. An action may add
 * more; they run after it, not inside it.
 */
final class EventOutlet {

  private final Queue<Runnable> actions = new ArrayDeque<>();
  private boolean flushing;

  synchronized void add(Runnable action) {
    actions.add(action);
  }

  void flush() {
    synchronized (this) {
      if (flushing) {
        return;
      }
      flushing = true;
    }
    boolean finished = false;
    try {
      for (Runnable action = next(); action != null; action = next()) {
        action.run();
      }
      finished = true;
    } finally {
      if (!finished) {
        stop();
      }
    }
  }

  /** The next action; null if there is none, and then the flush is over, in the same step. */
  private synchronized @Nullable Runnable next() {
    Runnable action = actions.poll();
    if (action == null) {
      flushing = false;
    }
    return action;
  }

  private synchronized void stop() {
    flushing = false;
  }
}
