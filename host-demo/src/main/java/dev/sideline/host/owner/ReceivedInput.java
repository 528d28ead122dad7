package dev.sideline.host.owner;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Standard input as it comes from a client. Whoever brings it waits while much of it is not read
 * yet. One thread reads, another brings.
 */
final class ReceivedInput extends InputStream {

  private static final int MOST_BYTES = 1 << 20;

  private final Deque<byte[]> pieces = new ArrayDeque<>();
  private int position;
  private int waiting;
  private boolean ended;

  /** Adds what has come. What comes after the end is dropped. */
  synchronized void put(byte[] bytes) throws InterruptedException {
    while (waiting > MOST_BYTES && !ended) {
      wait();
    }
    if (!ended && bytes.length > 0) {
      pieces.add(bytes);
      waiting += bytes.length;
      notifyAll();
    }
  }

  /** Nothing more comes. What has come can still be read. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public synchronized int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (pieces.isEmpty() && !ended) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for standard input");
    }
    byte[] first = pieces.peek();
    if (first == null) {
      return -1;
    }
    int count = Math.min(length, first.length - position);
    System.arraycopy(first, position, into, offset, count);
    position += count;
    if (position == first.length) {
      pieces.remove();
      position = 0;
    }
    waiting -= count;
    notifyAll();
    return count;
  }

  @Override
  public synchronized int available() {
    return waiting;
  }
}
