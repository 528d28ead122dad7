package dev.sideline.host.cli;

import java.nio.charset.StandardCharsets;

/** What the program {@code cksum} of every POSIX system says of a text, so that scripts can too. */
final class PosixChecksum {

  private static final int POLYNOMIAL = 0x04c11db7;

  private PosixChecksum() {}

  /** An unsigned number of 32 bits. Tells texts apart that nobody has made alike on purpose. */
  static long of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int sum = 0;
    for (byte one : bytes) {
      sum = with(sum, one);
    }
    for (int length = bytes.length; length != 0; length >>>= Byte.SIZE) {
      sum = with(sum, length);
    }
    return Integer.toUnsignedLong(~sum);
  }

  private static int with(int sum, int lowestByte) {
    int next = sum ^ (lowestByte << 24);
    for (int bit = 0; bit < Byte.SIZE; bit++) {
      next = next < 0 ? (next << 1) ^ POLYNOMIAL : next << 1;
    }
    return next;
  }
}
