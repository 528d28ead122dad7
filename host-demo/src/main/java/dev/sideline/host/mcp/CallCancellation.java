package dev.sideline.host.mcp;

import dev.sideline.api.CancelSignal;
import dev.sideline.host.Barrier;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells a waiting call that nobody waits for its answer any more: its client has cancelled it or
 * has gone.
 */
final class CallCancellation implements CancelSignal {

  private static final class Waiting {
    private final Runnable action;

    Waiting(Runnable action) {
      this.action = action;
    }
  }

  private final Set<Waiting> waiting = new LinkedHashSet<>();
  private boolean given;

  @Override
  public Registration onCancel(Runnable action) {
    Waiting entry = new Waiting(action);
    synchronized (this) {
      if (!given) {
        waiting.add(entry);
        return () -> forget(entry);
      }
    }
    action.run();
    return () -> {};
  }

  private synchronized void forget(Waiting entry) {
    waiting.remove(entry);
  }

  /** Gives the signal. */
  void give() {
    List<Waiting> all;
    synchronized (this) {
      given = true;
      all = new ArrayList<>(waiting);
      waiting.clear();
    }
    all.forEach(entry -> Barrier.run("Telling a call that it is not waited for", entry.action));
  }
}
