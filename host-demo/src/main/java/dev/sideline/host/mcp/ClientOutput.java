package dev.sideline.host.mcp;

import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes to the client, on a thread of its own, so that nobody else is held up by a client that
 * reads slowly. Notices when it reads no more. Safe for use from any thread.
 */
final class ClientOutput {

  private static final Logger log = LoggerFactory.getLogger(ClientOutput.class);

  /** With more than this on its way out, nothing more is read from the client. */
  private static final long FULL_BYTES = Math.min(16L << 20, Runtime.getRuntime().maxMemory() / 16);

  /** With more than this on its way out, what is only worth something at once is not sent. */
  private static final long STALE_BYTES = 64L << 10;

  private final OutputStream out;
  private final Runnable gone;
  private final Thread thread;
  private final Queue<byte[]> lines = new ArrayDeque<>();
  private long queuedBytes;
  private boolean writing;
  private boolean ended;

  /**
   * @param gone run when something could not be written; perhaps more than once
   */
  ClientOutput(OutputStream out, Runnable gone) {
    this.out = out;
    this.gone = gone;
    this.thread = DaemonThreads.unstarted("sideline-mcp-out", this::run);
    thread.start();
  }

  /** Sends a line, which has its line feed, after those before it. Never waits. */
  synchronized void send(byte[] line) {
    if (!ended) {
      lines.add(line);
      queuedBytes += line.length;
      notifyAll();
    }
  }

  /**
   * Sends a line like {@link #send}, unless it would have to wait for many others: a client that
   * reads nothing is told so often that a call goes on, that it would all be memory in the end.
   */
  synchronized void sendIfRead(byte[] line) {
    if (queuedBytes <= STALE_BYTES) {
      send(line);
    }
  }

  /** Waits while a lot is on its way out. */
  synchronized void awaitRoom() throws InterruptedException {
    while (queuedBytes > FULL_BYTES && !ended) {
      wait();
    }
  }

  /** Sends what is on its way, for as long as that may take at most, and then nothing more. */
  void end(Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    try {
      synchronized (this) {
        for (long left = bound.toNanos();
            (writing || !lines.isEmpty()) && left > 0;
            left = deadline - System.nanoTime()) {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      stop();
    }
  }

  private synchronized void stop() {
    ended = true;
    lines.clear();
    queuedBytes = 0;
    notifyAll();
  }

  private void run() {
    boolean goesOn = true;
    while (goesOn) {
      goesOn = writeNext();
    }
  }

  private boolean writeNext() {
    byte[] line;
    synchronized (this) {
      try {
        while (lines.isEmpty() && !ended) {
          wait();
        }
      } catch (InterruptedException e) {
        return true; // Nobody has reason to.
      }
      if (ended) {
        return false;
      }
      line = lines.remove();
      writing = true;
    }
    try {
      write(line);
    } catch (Throwable e) { // Half a line may have gone out: what follows would not be understood.
      log.debug("Writing to the client failed: {}", Barrier.describe(e));
      Barrier.run("Telling that the client reads no more", gone);
    }
    synchronized (this) {
      writing = false;
      queuedBytes = Math.max(0, queuedBytes - line.length);
      notifyAll();
    }
    return true;
  }

  private void write(byte[] line) throws IOException {
    out.write(line);
    out.flush();
    // A PrintStream keeps its failures to itself.
    if (out instanceof PrintStream print && print.checkError()) {
      throw new IOException("the client reads no more");
    }
  }
}
