package dev.sideline.host.owner;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Lines and frames over a socket, one reader and many writers. A frame is a byte that says what it
 * is, four bytes of how long it is, the first of them the highest, and what is in it.
 */
final class Wire implements AutoCloseable {

  private static final int HEAD = 5;

  private final SocketChannel channel;
  private final ByteBuffer read = ByteBuffer.allocate(Frame.LONGEST_BYTES + HEAD).flip();

  /** Held while a frame is written, so that none stands within another. */
  private final Object writing = new Object();

  /**
   * @param channel in blocking mode; closed with this
   */
  Wire(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Waits for a line, which has to be the first that comes.
   *
   * @throws IOException if it is too long, no text in UTF-8, or not to be had; the message says
   *     which
   */
  String line(int longestBytes) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    while (true) {
      if (!read.hasRemaining() && !fill()) {
        throw new EOFException("the other end has hung up");
      }
      byte next = read.get();
      if (next == '\n') {
        return decoded(line);
      }
      if (line.size() == longestBytes) {
        throw new IOException("the first line is longer than " + longestBytes + " bytes");
      }
      line.write(next);
    }
  }

  private static String decoded(ByteArrayOutputStream line) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException("the first line is not in UTF-8", e);
    }
  }

  void writeLine(String line) throws IOException {
    write(StandardCharsets.UTF_8.encode(line + "\n"));
  }

  /**
   * Waits for a frame; null at the end of all.
   *
   * @throws IOException if what comes is none
   */
  @Nullable Frame frame() throws IOException {
    if (!await(1)) {
      return null;
    }
    if (!await(HEAD)) {
      throw new EOFException("the other end has hung up within a frame");
    }
    Frame.Kind kind = Frame.Kind.of(read.get());
    int length = read.getInt();
    if (kind == null || length < 0 || length > Frame.LONGEST_BYTES) {
      throw new IOException("what comes is no frame");
    }
    if (!await(length)) {
      throw new EOFException("the other end has hung up within a frame");
    }
    byte[] bytes = new byte[length];
    read.get(bytes);
    return new Frame(kind, bytes);
  }

  private boolean await(int bytes) throws IOException {
    while (read.remaining() < bytes) {
      if (!fill()) {
        return false;
      }
    }
    return true;
  }

  /** False at the end, which is told in another way if the other end was killed in mid-reading. */
  private boolean fill() throws IOException {
    read.compact();
    try {
      return channel.read(read) >= 0;
    } catch (IOException e) {
      if (channel.isOpen()) {
        return false;
      }
      throw e;
    } finally {
      read.flip();
    }
  }

  /** Writes bytes of any number as frames of one kind. Waits until they are taken. */
  void write(Frame.Kind kind, byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    do {
      int some = Math.min(left, Frame.LONGEST_BYTES);
      ByteBuffer frame = ByteBuffer.allocate(HEAD + some);
      frame.put(kind.code()).putInt(some).put(bytes, from, some).flip();
      write(frame);
      from += some;
      left -= some;
    } while (left > 0);
  }

  void write(Frame.Kind kind, byte[] bytes) throws IOException {
    write(kind, bytes, 0, bytes.length);
  }

  private void write(ByteBuffer bytes) throws IOException {
    synchronized (writing) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /** Closes it, as well as can be. */
  void hangUp() {
    try {
      channel.close();
    } catch (IOException e) {
      // Whatever is wrong with it, nobody uses it any more.
    }
  }

  /** Whoever reads or writes gets an exception. Idempotent. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}
