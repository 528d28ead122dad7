package dev.sideline.host.cli;

import dev.sideline.host.text.Harmless;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * The streams of a command, and where it was given.
 *
 * @param in standard input
 * @param out for results and nothing else
 * @param err for people: messages, logs
 * @param surroundings of whoever gave the command
 */
record Console(InputStream in, PrintStream out, PrintStream err, Surroundings surroundings) {

  /** Tells a person something beside the result. */
  void note(String text) {
    err.println("sideline: " + Harmless.text(text));
  }
}
