package dev.sideline.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives a {@link CancelSignal}: the side of whoever makes a call and may give it up. Safe for use
 * from any thread; the signal is given once, for good.
 */
public final class CancelSource {

  private final Set<Registered> actions = new LinkedHashSet<>();
  private boolean cancelled;

  /** The signal, for {@link ToolCall#cancellation}; always the same state, whoever asks. */
  public CancelSignal signal() {
    return this::register;
  }

  /** Whether the signal has been given. */
  public synchronized boolean cancelled() {
    return cancelled;
  }

  /**
   * Gives the signal: runs what is registered, on this thread, in the order of registration, and
   * returns when it has run. Does nothing if the signal was given before.
   *
   * @throws RuntimeException (or an error) that an action has thrown, after all of them have run;
   *     those that others have thrown are suppressed in it
   */
  public void cancel() {
    List<Registered> registered;
    synchronized (this) {
      cancelled = true;
      registered = new ArrayList<>(actions);
    }
    Throwable thrown = null;
    for (Registered action : registered) {
      thrown = together(thrown, action.run());
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private static @Nullable Throwable together(@Nullable Throwable first, @Nullable Throwable next) {
    if (first == null) {
      return next;
    }
    if (next != null && next != first) {
      first.addSuppressed(next);
    }
    return first;
  }

  private CancelSignal.Registration register(Runnable action) {
    Registered registered = new Registered(action);
    synchronized (this) {
      if (!cancelled) {
        actions.add(registered);
        return registered;
      }
    }
    action.run();
    return () -> {};
  }

  /** An action that is to run once, unless its registration is closed before. */
  private final class Registered implements CancelSignal.Registration {

    private final Runnable action;

    private Registered(Runnable action) {
      this.action = action;
    }

    /** Runs the action if nobody has run it or taken it back; what it throws, if it does. */
    private @Nullable Throwable run() {
      if (!takeOut()) {
        return null;
      }
      try {
        action.run();
        return null;
      } catch (RuntimeException | Error e) {
        // Kept until the others have run.
        return e;
      }
    }

    private boolean takeOut() {
      synchronized (CancelSource.this) {
        return actions.remove(this);
      }
    }

    @Override
    public void close() {
      takeOut();
    }
  }
}
