package dev.sideline.host.embedded;

/**
 * A file of agents that is not valid. The message names the file, the field and what is allowed.
 */
public final class AgentFileException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  AgentFileException(String message) {
    super(message);
  }

  AgentFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
