package dev.sideline.host.opencode;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The answers that are read at the same time, as far as they are large: each may be as long as one
 * alone may be, so that only a few have room beside each other. The others wait for their turn,
 * each with what is small of it read. Safe for use from any thread.
 */
final class LargeAnswers {

  private static final long LOOK_MILLIS = 50;

  private final Semaphore places;
  private final long smallBytes;

  /**
   * @param places how many are read at once
   * @param smallBytes what needs no place
   */
  LargeAnswers(int places, long smallBytes) {
    this.places = new Semaphore(places, true);
    this.smallBytes = smallBytes;
  }

  /**
   * Begins to read one. It has its place until this is closed, and not only the stream: by then
   * what was made of it is with whoever asked.
   *
   * @param givenUp whether nobody wants it any more, and waiting is to end
   */
  Reading reading(InputStream answer, BooleanSupplier givenUp) {
    return new Reading(answer, givenUp);
  }

  /** An answer being read. Belongs to one thread. */
  final class Reading implements AutoCloseable {

    private final BooleanSupplier givenUp;
    private final InputStream stream;
    private long read;
    private boolean placed;

    private Reading(InputStream answer, BooleanSupplier givenUp) {
      this.givenUp = givenUp;
      this.stream =
          new FilterInputStream(answer) {
            @Override
            public int read() throws IOException {
              waitForPlace();
              int next = super.read();
              read += next < 0 ? 0 : 1;
              return next;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
              waitForPlace();
              int count = super.read(buffer, offset, length);
              read += Math.max(0, count);
              return count;
            }
          };
    }

    InputStream stream() {
      return stream;
    }

    private void waitForPlace() throws IOException {
      try {
        while (!placed && read >= smallBytes) {
          placed = places.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
          if (!placed && givenUp.getAsBoolean()) {
            throw new IOException("other large answers were still being read");
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while other large answers were being read");
      }
    }

    @Override
    public void close() {
      if (placed) {
        placed = false;
        places.release();
      }
    }
  }
}
