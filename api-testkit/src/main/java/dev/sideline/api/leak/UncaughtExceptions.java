package dev.sideline.api.leak;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Takes note of every exception that ends a thread. */
final class UncaughtExceptions implements Thread.UncaughtExceptionHandler {

  private static final UncaughtExceptions INSTANCE = new UncaughtExceptions();

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private Thread.@Nullable UncaughtExceptionHandler previous;

  private UncaughtExceptions() {}

  /** Starts to take note, unless it is doing so already. */
  static synchronized Mark watch() {
    Thread.UncaughtExceptionHandler current = Thread.getDefaultUncaughtExceptionHandler();
    if (current != INSTANCE) {
      INSTANCE.previous = current;
      Thread.setDefaultUncaughtExceptionHandler(INSTANCE);
    }
    return new Mark(INSTANCE.seen.size());
  }

  /** Forgets what was seen, for tests of this check. */
  static void forget() {
    INSTANCE.seen.clear();
  }

  @Override
  public void uncaughtException(Thread thread, Throwable exception) {
    seen.add("uncaught in thread '" + thread.getName() + "': " + exception);
    if (previous != null) {
      previous.uncaughtException(thread, exception);
    } else {
      exception.printStackTrace();
    }
  }

  /** A point in time. */
  record Mark(int count) {

    List<String> since() {
      List<String> seen = INSTANCE.seen;
      return List.copyOf(seen.subList(Math.min(count, seen.size()), seen.size()));
    }
  }
}
