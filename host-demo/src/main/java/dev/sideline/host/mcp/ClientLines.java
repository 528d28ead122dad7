package dev.sideline.host.mcp;

import dev.sideline.host.Barrier;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the client writes, line by line. Of a line that is longer than allowed nothing is kept but
 * the id of its message, so that the call can be answered. Read by one thread.
 */
final class ClientLines {

  /** A line without its line feed. Belongs to the thread that reads. */
  static final class Line {

    private final byte @Nullable [] bytes;
    private final @Nullable String id;

    private Line(byte @Nullable [] bytes, @Nullable String id) {
      this.bytes = bytes;
      this.id = id;
    }

    /** Null if there are more of them than allowed. */
    byte @Nullable [] bytes() {
      return bytes;
    }

    /** The id of its message, as JSON; null if it has none that can be found. */
    @Nullable String id() {
      return bytes == null ? id : MessageId.in(bytes);
    }
  }

  private final InputStream source;
  private final int longestLineBytes;

  ClientLines(InputStream source, int longestLineBytes) {
    this.source = new BufferedInputStream(source);
    this.longestLineBytes = longestLineBytes;
  }

  /** Waits for the next line; null at the end of the input. */
  @Nullable Line next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int next;
    while ((next = source.read()) >= 0 && next != '\n') {
      if (bytes.size() == longestLineBytes || !keep(next, bytes)) {
        return tooLong(bytes, next);
      }
    }
    return next < 0 && bytes.size() == 0 ? null : whole(bytes);
  }

  private static Line whole(ByteArrayOutputStream bytes) {
    try {
      return new Line(bytes.toByteArray(), null);
    } catch (Throwable noRoom) {
      Barrier.report("Keeping a line of the client", noRoom);
      return new Line(null, null);
    }
  }

  private Line tooLong(ByteArrayOutputStream bytes, int next) throws IOException {
    MessageId id = new MessageId();
    id.read(bytes);
    for (int more = next; more >= 0 && more != '\n'; more = source.read()) {
      id.read(more);
    }
    return new Line(null, id.found());
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
}
