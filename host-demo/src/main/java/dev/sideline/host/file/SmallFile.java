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
 * than 1 MiB, or what else the reader names.
 */
public final class SmallFile {

  private static final int MEBIBYTE = 1 << 20;

  private SmallFile() {}

  /**
   * Reads it.
   *
   * @throws IOException if it cannot be read, is no UTF-8 or has more than 1 MiB; see {@link
   *     FileProblem#words}
   */
  public static String read(Path file, OpenOption... options) throws IOException {
    return text(bytes(file, 1, options));
  }

  /**
   * Reads what is in it, whether it is a text or not.
   *
   * @param mebibytes how many it may have, from 1 to 64
   * @throws IOException if it cannot be read or has more than that
   */
  public static byte[] bytes(Path file, int mebibytes, OpenOption... options) throws IOException {
    int most = mebibytes * MEBIBYTE;
    byte[] read;
    try (InputStream content = Files.newInputStream(file, options)) {
      read = content.readNBytes(most + 1);
    }
    if (read.length > most) {
      throw new IOException(tooLarge(Files.size(file), mebibytes));
    }
    return read;
  }

  /**
   * Bytes as the text that they are.
   *
   * @throws java.nio.charset.CharacterCodingException if they are no UTF-8
   */
  public static String text(byte[] bytes) throws IOException {
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  /** What is no file says that it has no bytes, or a few. */
  private static String tooLarge(long said, int mebibytes) {
    String more = "more than " + mebibytes + " MiB";
    return said > (long) mebibytes * MEBIBYTE
        ? String.format(Locale.ROOT, "it has %,d bytes, which is %s", said, more)
        : "it has " + more;
  }
}
