package dev.sideline.host.embedded.store;

import org.jspecify.annotations.Nullable;

/** A database that cannot be used for sessions. The message says why and what to do. */
public final class SessionStoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SessionStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
