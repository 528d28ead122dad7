package dev.sideline.host.process;

import dev.sideline.host.DaemonThreads;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small process beside the host that ends what the host has started when the host was killed: a
 * shell that reads from the host and waits. It has a session of its own, so that what is sent to
 * the host's group, as by a terminal, does not reach it, and it ignores whatever asks it to end. It
 * goes when the host has ended well. Where there is no shell there is no watcher.
 */
final class Watcher {

  private static final Logger log = LoggerFactory.getLogger(Watcher.class);
  private static final Duration READY_BOUND = Duration.ofSeconds(1);
  private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final Path SHELL = Path.of("/bin/sh");

  private final Process process;

  /** A watcher that has been stopped reads nothing, and must hold up nobody. */
  private final ExecutorService writer = DaemonThreads.serial("sideline-watcher");

  private Watcher(Process process) {
    this.process = process;
  }

  /**
   * Starts one, and waits, shortly, until it is at its post.
   *
   * @param record what it deletes when it has ended everything; null for nothing
   */
  static Optional<Watcher> start(
      String host, SystemProcess self, long limit, @Nullable Path record) {
    if (!Files.isExecutable(SHELL)) {
      return Optional.empty();
    }
    try {
      Watcher watcher = new Watcher(startShell());
      watcher.tell(
          "host %d %d %s %d %s"
              .formatted(self.pid(), self.session(), host, limit, record == null ? "" : record));
      watcher.awaitReady();
      return Optional.of(watcher);
    } catch (IOException e) {
      log.warn("There is no watcher: what this host starts outlives it if it is killed", e);
      return Optional.empty();
    }
  }

  private static Process startShell() throws IOException {
    List<String> command = new ArrayList<>();
    ownSession().map(Path::toString).ifPresent(command::add);
    command.addAll(List.of(SHELL.toString(), "-c", script(), "sideline-watcher"));
    command.add(Files.isReadable(Path.of("/proc/self/stat")) ? "proc" : "ps");
    return new ProcessBuilder(command)
        .directory(new File("/"))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static Optional<Path> ownSession() {
    return List.of("/usr/bin/setsid", "/bin/setsid").stream()
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static String script() throws IOException {
    try (InputStream script = Watcher.class.getResourceAsStream("watcher.sh")) {
      if (script == null) {
        throw new IOException("watcher.sh is missing");
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private void awaitReady() throws IOException {
    long until = System.nanoTime() + READY_BOUND.toNanos();
    while (process.getInputStream().available() == 0 && System.nanoTime() < until) {
      LockSupport.parkNanos(this, PAUSE_NANOS);
    }
  }

  /** What the host has started is to be ended with it. Returns at once. */
  void started(SystemProcess root) {
    later("+ " + root.pid() + " " + root.start());
  }

  /** It is over. Returns at once. */
  void ended(SystemProcess root) {
    later("- " + root.pid());
  }

  private void later(String line) {
    writer.execute(
        () -> {
          try {
            tell(line);
          } catch (IOException e) {
            log.debug("The watcher does not listen any more", e);
          }
        });
  }

  private void tell(String line) throws IOException {
    OutputStream input = process.getOutputStream();
    input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    input.flush();
  }

  /**
   * The host ends.
   *
   * @param over whether nothing is left; if not, the watcher goes on when the host is gone
   */
  void end(boolean over) {
    if (over) {
      later("end");
    }
    DaemonThreads.end(writer);
    try {
      if (over && !process.waitFor(READY_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
