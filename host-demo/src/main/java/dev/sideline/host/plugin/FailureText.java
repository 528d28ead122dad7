package dev.sideline.host.plugin;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.ServiceConfigurationError;

/**
 * Says in the words of a person what a plugin has failed with. The message of an exception is the
 * plugin's code too, and may itself fail.
 */
final class FailureText {

  private FailureText() {}

  static String of(Throwable failure) {
    if (failure instanceof PluginRejectedException) {
      return message(failure);
    }
    if (failure instanceof ServiceConfigurationError) {
      Throwable cause = failure.getCause();
      if (cause == null) {
        return "its provider file names what cannot be used: " + message(failure);
      }
      return cause instanceof NoSuchMethodException
          ? "its AgentPlugin has no public constructor without parameters"
          : "its AgentPlugin cannot be created: " + of(cause);
    }
    if (failure instanceof UnsupportedClassVersionError) {
      return "it was built for a newer Java than this one ("
          + Runtime.version().feature()
          + "): "
          + message(failure);
    }
    if (failure instanceof NoClassDefFoundError) {
      return "a class that it needs is missing, in the jar and in the host: "
          + message(failure).replace('/', '.');
    }
    if (failure instanceof LinkageError) {
      return "its classes do not fit this host or each other: " + plain(failure);
    }
    if (failure instanceof UncheckedIOException) {
      return "it fails: " + message(failure);
    }
    return "it fails: " + plain(failure);
  }

  /** The failure itself if it can be logged, else one that says what it was. */
  static Throwable printable(Throwable failure) {
    try {
      failure.printStackTrace(new PrintWriter(Writer.nullWriter()));
      return failure;
    } catch (Throwable unprintable) {
      return new IllegalStateException("an unprintable " + failure.getClass().getName());
    }
  }

  /** The failure's message, or its kind if it has none. */
  static String message(Throwable failure) {
    try {
      String message = failure.getMessage();
      if (message != null) {
        return message;
      }
    } catch (Throwable unprintable) {
      // as if there were none
    }
    return failure.getClass().getName();
  }

  private static String plain(Throwable failure) {
    String type = failure.getClass().getName();
    String message = message(failure);
    return message.equals(type) ? type : failure.getClass().getSimpleName() + ": " + message;
  }
}
