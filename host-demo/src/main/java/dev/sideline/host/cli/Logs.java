package dev.sideline.host.cli;

/**
 * How much is logged. Logback's configuration reads the level; nothing may log before it is set.
 */
final class Logs {

  private static final String LEVEL = "sideline.log.level";

  private Logs() {}

  /**
   * Sets the level, unless whoever started the program has set it.
   *
   * @param verbosity 0 errors only, 1 what happens, more: everything
   */
  static void level(int verbosity) {
    if (System.getProperty(LEVEL) == null) {
      System.setProperty(LEVEL, verbosity == 0 ? "ERROR" : verbosity == 1 ? "INFO" : "DEBUG");
    }
  }
}
