package dev.sideline.host;

import org.jspecify.annotations.Nullable;

/** A database with tables that this program cannot use. The message says why and what to do. */
public final class UnfitTablesException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnfitTablesException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
