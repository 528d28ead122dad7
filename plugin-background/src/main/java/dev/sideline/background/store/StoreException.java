package dev.sideline.background.store;

/**
 * A record of tasks that cannot be used; its message says what to do, for whoever runs the host.
 */
public final class StoreException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StoreException(String message) {
    super(message);
  }

  StoreException(String message, Throwable cause) {
    super(message, cause);
  }
}
