package dev.sideline.host.plugin;

import org.jspecify.annotations.Nullable;

/** A jar is not used as a plugin. The message says why and what to do, for a person. */
final class PluginRejectedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  PluginRejectedException(String message) {
    this(message, null);
  }

  PluginRejectedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
