package dev.sideline.host.hold;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Lines of text over a socket, each within a time: a socket as such can keep one for ever. */
final class SocketLine {

  private static final int LONGEST_BYTES = 1 << 20;

  private SocketLine() {}

  /**
   * Reads one line, of which the rest of what comes is no part.
   *
   * @throws IOException if it does not come in time, or is too long
   */
  static String read(SocketChannel socket, Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    try (Selector ready = readyFor(socket, SelectionKey.OP_READ)) {
      while (true) {
        int count = socket.read(bytes);
        if (count < 0) {
          throw new IOException("the other end has hung up");
        }
        bytes.flip();
        while (bytes.hasRemaining()) {
          byte next = bytes.get();
          if (next == '\n') {
            return line.toString(StandardCharsets.UTF_8);
          }
          line.write(next);
        }
        bytes.clear();
        if (line.size() > LONGEST_BYTES) {
          throw new IOException("a line is longer than " + LONGEST_BYTES + " bytes");
        }
        if (count == 0) {
          await(ready, end);
        }
      }
    }
  }

  /**
   * Writes one line.
   *
   * @param text without a line break
   * @throws IOException if it is not taken in time
   */
  static void write(SocketChannel socket, String text, Duration patience) throws IOException {
    long end = System.nanoTime() + patience.toNanos();
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text + "\n");
    try (Selector ready = readyFor(socket, SelectionKey.OP_WRITE)) {
      while (true) {
        socket.write(bytes);
        if (!bytes.hasRemaining()) {
          return;
        }
        await(ready, end);
      }
    }
  }

  private static Selector readyFor(SocketChannel socket, int operation) throws IOException {
    Selector ready = Selector.open();
    socket.configureBlocking(false);
    socket.register(ready, operation);
    return ready;
  }

  private static void await(Selector ready, long end) throws IOException {
    long millis = (end - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new IOException("the other end is silent");
    }
    ready.select(millis);
    ready.selectedKeys().clear();
  }
}
