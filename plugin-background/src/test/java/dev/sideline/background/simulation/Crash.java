package dev.sideline.background.simulation;

/**
 * The process of the plugin ends in the middle of a step. It goes up through whatever was just
 * being done, of which nothing more is done.
 */
final class Crash extends Error {

  private static final long serialVersionUID = 1L;

  Crash() {
    super("the process ends", null, false, false);
  }
}
