package dev.sideline.api;

import java.util.Objects;

/**
 * What went wrong in a session.
 *
 * @param name the host's name for the kind of error; {@link #ABORTED} if it was stopped on request
 * @param message for a person or a model to read; never a stack trace
 */
public record Failure(String name, String message) {

  /** Name of the failure of a message that was cut off by an abort. */
  public static final String ABORTED = "aborted";

  public Failure {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(message, "message");
  }

  /** Whether somebody stopped the session, as opposed to an error. */
  public boolean aborted() {
    return name.equals(ABORTED);
  }
}
