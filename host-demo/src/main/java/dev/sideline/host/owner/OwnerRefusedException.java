package dev.sideline.host.owner;

import java.io.IOException;

/** An owner of the data folder that does not serve, or does not start. The message says why. */
public final class OwnerRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message for a person
   */
  public OwnerRefusedException(String message) {
    super(message);
  }
}
