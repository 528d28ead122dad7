package dev.sideline.host.mcp;

/** A call whose caller is not known for certain. The message says what a person can do about it. */
public final class CallerRefusedException extends Exception {

  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong and what to do, for a person or a model to read; no secrets
   */
  public CallerRefusedException(String message) {
    super(message);
  }
}
