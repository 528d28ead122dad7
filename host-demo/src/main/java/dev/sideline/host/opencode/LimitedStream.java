package dev.sideline.host.opencode;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that fails when there is more in it than allowed. */
final class LimitedStream extends FilterInputStream {

  private final long maxBytes;
  private long left;

  LimitedStream(InputStream in, long maxBytes) {
    super(in);
    this.maxBytes = maxBytes;
    this.left = maxBytes;
  }

  /** There is more than allowed. */
  static final class TooLong extends IOException {

    private static final long serialVersionUID = 1L;

    private final long bytes;

    TooLong(long bytes) {
      super("more than " + bytes + " bytes");
      this.bytes = bytes;
    }

    /** How many were allowed. */
    long bytes() {
      return bytes;
    }
  }

  @Override
  public int read() throws IOException {
    int next = super.read();
    take(next < 0 ? 0 : 1);
    return next;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    take(count);
    return count;
  }

  private void take(int count) throws TooLong {
    left -= Math.max(0, count);
    if (left < 0) {
      throw new TooLong(maxBytes);
    }
  }
}
