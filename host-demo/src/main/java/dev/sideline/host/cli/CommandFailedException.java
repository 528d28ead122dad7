package dev.sideline.host.cli;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on, in words for the person who gave it. */
final class CommandFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailedException(int exitCode, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /** It failed: exit code 1. */
  static CommandFailedException failed(String message, @Nullable Throwable cause) {
    return new CommandFailedException(ExitCodes.FAILED, message, cause);
  }

  /** It was asked for something that does not exist or is not allowed: exit code 2. */
  static CommandFailedException usage(String message) {
    return new CommandFailedException(ExitCodes.USAGE, message, null);
  }

  int exitCode() {
    return exitCode;
  }
}
