package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The configuration file that an operator has named, read once: it may be a pipe. It has a part for
 * the agents and one for the plugins.
 *
 * @param path as it was named
 * @param text without a byte order mark
 */
record ConfigFile(Path path, String text) {

  /** That of a text that was read. */
  static ConfigFile of(Path path, String text) {
    return new ConfigFile(path, text.startsWith("\ufeff") ? text.substring(1) : text);
  }

  /**
   * Reads it.
   *
   * @throws CommandFailedException if it cannot be read, is no text or has more than 1 MiB
   */
  static ConfigFile read(Path path) {
    try {
      return of(path, SmallFile.read(path));
    } catch (IOException e) {
      throw CommandFailedException.usage(
          "--config " + path + " cannot be read: " + FileProblem.words(e));
    }
  }
}
