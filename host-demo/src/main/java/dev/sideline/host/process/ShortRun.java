package dev.sideline.host.process;

import dev.sideline.host.DaemonThreads;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A run of a program for a few words of it, such as its version: with nothing on its standard
 * input, bounded in time and in what is read, and with an end for all that it has started.
 */
public final class ShortRun {

  private static final int MAX_BYTES = 64 << 10;
  private static final Duration GRACE = Duration.ofMillis(300);
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private ShortRun() {}

  /**
   * Runs it, on the caller's thread, and waits until nothing of it is left.
   *
   * @param words program and arguments
   * @param directory where it runs
   * @param environment what it is given besides
   * @param bound how long it may take
   * @return what it has written to its standard output, at most 64 KiB of it
   * @throws IOException if it could not be started, took too long or ended with another exit code
   *     than 0; the message says which in words
   */
  public static String output(
      List<String> words, Path directory, Map<String, String> environment, Duration bound)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(directory.toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    ChildEnvironment.prepare(builder.environment(), directory, List.of(), environment);
    try (ProcessTrees trees = ProcessTrees.unwatched()) {
      StartedTree tree = trees.start(builder);
      Process process = tree.process();
      process.getOutputStream().close();
      Words said = new Words(process.getInputStream());
      boolean ended = process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS);
      trees.end(tree, GRACE); // What it has left running may hold the pipe open.
      if (!ended) {
        throw new IOException("it did not end within " + bound.toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        throw new IOException("it ended with exit code " + process.exitValue());
      }
      return said.all();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What is written, read as it comes: a full pipe would stop the program. */
  private static final class Words {

    private final Thread reader;
    private byte[] read = {};

    Words(InputStream output) {
      reader = DaemonThreads.unstarted("sideline-short-run", () -> read(output));
      reader.start();
    }

    private void read(InputStream output) {
      try (output) {
        byte[] first = output.readNBytes(MAX_BYTES);
        synchronized (this) {
          read = first;
        }
        output.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // Closed under it: there is no more.
      }
    }

    String all() throws InterruptedException {
      reader.join(LAST_WORDS.toMillis());
      synchronized (this) {
        return new String(read, StandardCharsets.UTF_8);
      }
    }
  }
}
