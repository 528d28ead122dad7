package dev.sideline.host.cli;

/** What the process says to its caller. */
final class ExitCodes {

  static final int FINE = 0;
  static final int FAILED = 1;
  static final int USAGE = 2;

  private ExitCodes() {}
}
