package dev.sideline.host.connect;

import org.jspecify.annotations.Nullable;

/** A content that is not ours to change. The message says why, without the name of the file. */
final class RefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  RefusedException(String message) {
    this(message, null);
  }

  RefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
