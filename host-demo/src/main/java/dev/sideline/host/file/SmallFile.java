package dev.sideline.host.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A text that is small if it is what it should be. The file may be somebody else's, a pipe or a
 * device, and what its size is said to be need not be true: it is read once, and never more of it
 * than 1 MiB.
 */
public final class SmallFile {

  private static final int MAX_BYTES = 1 << 20;

  private SmallFile() {}

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read, is no UTF-8 or has more than 1 MiB; see {@link
   *     FileProblem#words}
   */
  public static String read(Path file, OpenOption... options) throws IOException {
    byte[] read;
    try (InputStream content = Files.newInputStream(file, options)) {
      read = content.readNBytes(MAX_BYTES + 1);
    }
    if (read.length > MAX_BYTES) {
      throw new IOException(tooLarge(Files.size(file)));
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read)).toString();
  }

  /** What is no file says that it has no bytes, or a few. */
  private static String tooLarge(long said) {
    return said > MAX_BYTES
        ? String.format(Locale.ROOT, "it has %,d bytes, which is more than 1 MiB", said)
        : "it has more than 1 MiB";
  }
}
