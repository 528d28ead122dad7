package dev.sideline.host.owner;

import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The way of a client to the owner of a data folder: connects, says its greeting, and has an owner
 * started where there is none.
 *
 * @param data the folder
 * @param greeting what is said
 * @param start starts an owner
 */
public record Attachment(Path data, Greeting greeting, Start start) {

  /** From the start of a JVM to its first word, on a machine that is busy with others. */
  private static final Duration START_BOUND = Duration.ofSeconds(60);

  /** An owner that was stopped for a while goes on later. */
  private static final Duration WELCOME_BOUND = Duration.ofMinutes(2);

  private static final long PAUSE_MILLIS = 10;

  /** What cannot even begin, such as for want of memory, is tried again, but not for long. */
  private static final int MOST_SILENT_ENDS = 3;

  /** Starts an owner. */
  @FunctionalInterface
  public interface Start {

    /**
     * Starts it, and waits until it listens or has given up since another has the folder.
     *
     * @return false if it did not even begin; one that was killed as it began did
     * @throws OwnerRefusedException if it cannot, in its words
     */
    boolean owner() throws IOException, InterruptedException;
  }

  /**
   * Attaches, to an owner that is started if there is none.
   *
   * @throws OwnerRefusedException if there is one that does not serve this client, or none can be
   *     started; the message is for a person
   * @throws IOException if the data folder or its socket cannot be used
   */
  Link attach() throws IOException, InterruptedException {
    long end = System.nanoTime() + START_BOUND.toNanos();
    long again = System.nanoTime();
    int silentEnds = 0;
    while (true) {
      long asked = System.nanoTime();
      Optional<Link> link = attachIfThere();
      if (link.isPresent()) {
        return link.get();
      }
      end += System.nanoTime() - asked; // One that stood still was there.
      if (System.nanoTime() > end) {
        throw new OwnerRefusedException(
            "no owner of the data folder "
                + data
                + " has begun to listen within "
                + START_BOUND.toSeconds()
                + " s; its log there says why");
      }
      if (System.nanoTime() >= again) {
        if (start.owner()) {
          again = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        } else if (++silentEnds == MOST_SILENT_ENDS) {
          throw new OwnerRefusedException(
              "the owner of the data folder " + data + " did not start; its log there says why");
        }
      } else {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  /**
   * Attaches if there is an owner; empty if there is none, or it makes room for another.
   *
   * @throws IOException as {@link #attach}
   */
  Optional<Link> attachIfThere() throws IOException {
    Wire wire;
    try {
      wire = new Wire(SocketPlace.connect(data));
    } catch (NoSuchFileException | ConnectException e) {
      return Optional.empty();
    }
    Welcome welcome;
    try {
      welcome = welcome(wire);
    } catch (IOException e) {
      wire.close();
      // It has gone meanwhile.
      return Optional.empty();
    }
    String refusal = welcome.error();
    if (refusal == null) {
      return Optional.of(new Link(wire, welcome));
    }
    wire.close();
    if (welcome.ends()) {
      return Optional.empty();
    }
    throw new OwnerRefusedException(refusal);
  }

  private Welcome welcome(Wire wire) throws IOException {
    CountDownLatch welcomed = new CountDownLatch(1);
    DaemonThreads.unstarted(
            "sideline-welcome",
            () -> {
              if (!within(welcomed)) {
                wire.hangUp();
              }
            })
        .start();
    try {
      greet(wire);
      return Welcome.read(wire.line(Welcome.LONGEST_BYTES));
    } finally {
      welcomed.countDown();
    }
  }

  /** Whoever has hung up may have said why before. */
  private void greet(Wire wire) {
    try {
      wire.writeLine(greeting.line());
    } catch (IOException e) {
      // Then there is an answer to read, or the end.
    }
  }

  private static boolean within(CountDownLatch welcomed) {
    try {
      return welcomed.await(WELCOME_BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }
}
