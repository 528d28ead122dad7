package dev.sideline.host.mcp;

import dev.sideline.host.Barrier;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Lets only lines through that are messages and not too long. The SDK's reader stops for good at
 * the first line that it cannot read, and takes lines of any length.
 *
 * <p>Read by one thread.
 */
final class JsonRpcLines extends InputStream {

  /** Judges lines, and is told of those that were left out. */
  interface Gate {
    /**
     * Takes a line that is not blank.
     *
     * @return what the SDK is to read in its place; empty for nothing; null if it is no message
     */
    byte @Nullable [] admit(byte[] line);

    /** A line was left out because it is no message. */
    void malformed();

    /** A line was left out because it is longer than allowed. */
    void tooLong();
  }

  private static final byte[] NOTHING = {};

  private final InputStream source;
  private final int longestLineBytes;
  private final Gate gate;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private byte[] line = NOTHING;
  private int position;

  JsonRpcLines(InputStream source, int longestLineBytes, Gate gate) {
    this.source = new BufferedInputStream(source);
    this.longestLineBytes = longestLineBytes;
    this.gate = gate;
  }

  /** Completes when the source has ended or failed. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Counts the source as ended. */
  void end() {
    ended.complete(null);
  }

  @Override
  public int read() throws IOException {
    return advance() ? line[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, buffer.length);
    if (length == 0) {
      return 0;
    }
    if (!advance()) {
      return -1;
    }
    int count = Math.min(length, line.length - position);
    System.arraycopy(line, position, buffer, offset, count);
    position += count;
    return count;
  }

  /** Without it, a reader's look-ahead would wait for the line after the one it has. */
  @Override
  public int available() {
    return line.length - position;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }

  private boolean advance() throws IOException {
    while (position == line.length) {
      byte[] next = nextLine();
      if (next == null) {
        ended.complete(null);
        return false;
      }
      line = next;
      position = 0;
    }
    return true;
  }

  /** The next line that passes, with its line feed; empty if it was left out; null at the end. */
  private byte @Nullable [] nextLine() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long length = 0;
    int next;
    while ((next = readOrEnd()) >= 0 && next != '\n') {
      if (++length <= longestLineBytes && !keep(next, bytes)) {
        length = longestLineBytes + 1L;
      }
    }
    if (next < 0 && length == 0) {
      return null;
    }
    if (length > longestLineBytes) {
      gate.tooLong();
      return NOTHING;
    }
    try {
      return admitted(bytes.toByteArray());
    } catch (Throwable e) { // Whatever one line brings about, the next is read.
      Barrier.report("Reading a line of the client", e);
      Barrier.run("Answering the client", gate::malformed);
      return NOTHING;
    }
  }

  /** False where there is no room for it: such a line counts as too long. */
  private static boolean keep(int next, ByteArrayOutputStream bytes) {
    try {
      bytes.write(next);
      return true;
    } catch (Throwable noRoom) {
      Barrier.report("Keeping a line of the client", noRoom);
      return false;
    }
  }

  private byte[] admitted(byte[] line) {
    if (new String(line, StandardCharsets.UTF_8).isBlank()) {
      return NOTHING;
    }
    byte[] admitted = gate.admit(line);
    if (admitted == null) {
      gate.malformed();
      return NOTHING;
    }
    if (admitted.length == 0) {
      return NOTHING;
    }
    byte[] whole = Arrays.copyOf(admitted, admitted.length + 1);
    whole[admitted.length] = '\n';
    return whole;
  }

  private int readOrEnd() throws IOException {
    try {
      return source.read();
    } catch (Throwable e) {
      ended.complete(null);
      throw e;
    }
  }
}
