package dev.sideline.host.cli;

import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The configuration file that an operator has named, read once: it may be a pipe. It has a part for
 * the agents and one for the plugins.
 *
 * @param path as it was named
 * @param text without a byte order mark
 */
record ConfigFile(Path path, String text) {

  private static final int LONGEST_BYTES = 1 << 20;

  /**
   * Reads it.
   *
   * @throws CommandFailedException if it cannot be read or is no text
   */
  static ConfigFile read(Path path) {
    try (InputStream content = Files.newInputStream(path)) {
      byte[] read = content.readNBytes(LONGEST_BYTES + 1);
      if (read.length > LONGEST_BYTES) {
        throw CommandFailedException.usage("--config " + path + " has more than 1 MiB");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString();
      return new ConfigFile(path, text.startsWith("\ufeff") ? text.substring(1) : text);
    } catch (IOException e) {
      throw CommandFailedException.usage(
          "--config " + path + " cannot be read: " + FileProblem.words(e));
    }
  }
}
