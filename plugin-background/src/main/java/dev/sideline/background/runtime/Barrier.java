package dev.sideline.background.runtime;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The edge of what a thread does, for each of the plugin's threads and for callbacks on others:
 * whatever comes up to it is logged, and the thread goes on with the next. What breaks off inside a
 * step of the engine does not come up to here: the engine keeps itself in order.
 *
 * <p>It does not list what it expects. An {@link OutOfMemoryError} or a {@link StackOverflowError}
 * of one unit says nothing about the next either, and a thread that has ended in silence helps
 * nobody.
 */
final class Barrier {

  private static final Logger LOG = LoggerFactory.getLogger(Barrier.class);
  private static final int MAX_CAUSES = 10;

  private Barrier() {}

  /**
   * Does a unit of work. Never throws.
   *
   * @param what names it, for the log
   * @return whether it has come to its end
   */
  static boolean run(String what, Runnable work) {
    try {
      work.run();
      return true;
    } catch (Throwable thrown) {
      report(what, thrown);
      return false;
    }
  }

  /** Logs what came up, as well as can be. Never throws. */
  static void report(String what, Throwable thrown) {
    try {
      LOG.error("{} failed", what, thrown);
    } catch (Throwable fromLogging) {
      reportPlainly(what, thrown);
    }
  }

  /** An exception may throw when it is asked for its message, and there may be no memory for it. */
  private static void reportPlainly(String what, Throwable thrown) {
    try {
      LOG.error("{} failed: {}", what, thrown.getClass().getName());
    } catch (Throwable again) {
      // Nothing is left to tell it with, and to end the thread would tell it no better.
    }
  }

  /** An exception in words. Never throws. */
  static String describe(Throwable thrown) {
    try {
      String words = thrown.toString();
      return words == null ? thrown.getClass().getName() : words;
    } catch (Throwable fromException) {
      return thrown.getClass().getName();
    }
  }

  /** What an exception was wrapped around, for that of others. Never throws. */
  static Throwable cause(Throwable thrown, Class<? extends Throwable> wrapper) {
    Throwable cause = thrown;
    try {
      for (int depth = 0; depth < MAX_CAUSES && wrapper.isInstance(cause); depth++) {
        Throwable inner = cause.getCause();
        if (inner == null) {
          break;
        }
        cause = inner;
      }
    } catch (Throwable fromException) {
      // An exception of others may do anything; as far as it went is far enough.
    }
    return cause;
  }
}
