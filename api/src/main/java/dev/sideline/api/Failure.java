package dev.sideline.api;

import java.util.Objects;

/**
 * What went wrong in a session.
 *
 * @param name the host's name for the kind of error; {@link #ABORTED} if it was stopped on request,
 *     {@link #INTERRUPTED} if its host ended
 * @param message for a person or a model to read; never a stack trace
 */
public record Failure(String name, String message) {

  /** Name of the failure of a message that was cut off by an abort. */
  public static final String ABORTED = "aborted";

  /**
   * Name of the failure of a message that was being written when its host ended, as the host tells
   * it after its restart: nobody works on it any more, and the host does not begin again by itself.
   */
  public static final String INTERRUPTED = "interrupted";

  public Failure {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(message, "message");
  }

  /** Whether somebody stopped the session, as opposed to an error. */
  public boolean aborted() {
    return name.equals(ABORTED);
  }

  /** Whether the host ended while it was at work, as opposed to an error. */
  public boolean interrupted() {
    return name.equals(INTERRUPTED);
  }
}
