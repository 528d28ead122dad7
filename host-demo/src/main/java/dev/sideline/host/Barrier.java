package dev.sideline.host;

import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of what a thread of the host does: whatever comes up to it is logged, and the thread
 * goes on with the next. What is between the host and a plugin is the business of {@code
 * PluginBoundary}.
 *
 * <p>It does not list what it expects. An {@link OutOfMemoryError} or a {@link StackOverflowError}
 * of one unit says nothing about the next either, and a thread that has ended in silence helps
 * nobody. Safe for use from any thread.
 */
public final class Barrier {

  /** Made when something has come up: a process that only starts something needs no log. */
  private static final class Log {
    private static final Logger LOG = LoggerFactory.getLogger(Barrier.class);
  }

  private Barrier() {}

  /**
   * Does a unit of work. Never throws.
   *
   * @param what names it, for the log
   */
  public static void run(String what, Runnable work) {
    run(what, work, thrown -> {});
  }

  /**
   * Does a unit of work, or else what makes good for it. Never throws.
   *
   * @param what names it, for the log
   * @param otherwise gets what the work has thrown: answers whoever waits, takes back what was
   *     begun
   */
  public static void run(String what, Runnable work, Consumer<Throwable> otherwise) {
    try {
      work.run();
    } catch (Throwable thrown) {
      report(what, thrown);
      try {
        otherwise.accept(thrown);
      } catch (Throwable again) {
        report(what, again);
      }
    }
  }

  /** Logs what came up, as well as can be. Never throws. */
  public static void report(String what, Throwable thrown) {
    try {
      Log.LOG.error("{} failed", what, thrown);
    } catch (Throwable fromLogging) {
      reportPlainly(what, thrown);
    }
  }

  /** An exception may throw when it is asked for its message, and there may be no memory for it. */
  private static void reportPlainly(String what, Throwable thrown) {
    try {
      Log.LOG.error("{} failed: {}", what, thrown.getClass().getName());
    } catch (Throwable again) {
      // Nothing is left to tell it with, and to end the thread would tell it no better.
    }
  }

  /** What was thrown, in words. Never throws. */
  public static String describe(Throwable thrown) {
    try {
      String words = thrown.toString();
      return words == null ? thrown.getClass().getName() : words;
    } catch (Throwable fromException) {
      return thrown.getClass().getName();
    }
  }
}
