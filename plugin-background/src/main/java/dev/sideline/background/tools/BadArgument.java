package dev.sideline.background.tools;

/** An argument that is not allowed. The message names it, its value and what is allowed. */
final class BadArgument extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadArgument(String message) {
    super(message, null, false, false);
  }

  /** What to tell the caller. */
  String text() {
    String message = getMessage();
    return message == null ? "bad argument" : message;
  }
}
