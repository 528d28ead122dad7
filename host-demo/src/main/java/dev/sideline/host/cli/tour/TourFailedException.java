package dev.sideline.host.cli.tour;

/** The tour could not go on, in words for the person who watches it. */
public final class TourFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TourFailedException(String message) {
    super(message);
  }

  TourFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
