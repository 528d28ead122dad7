package dev.sideline.host.connect;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something in a project that must not be overwritten, or cannot be. The message says what to do.
 */
public final class ConnectException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message which file, what is in the way and what a person can do
   */
  public ConnectException(String message) {
    this(message, null);
  }

  /**
   * @param message which file, what is in the way and what a person can do
   */
  public ConnectException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
