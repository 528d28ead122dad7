package dev.sideline.host.opencode.harness;

import dev.sideline.host.opencode.OpenCodeServer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * Finds the OpenCode program: where the environment variable {@code SIDELINE_OPENCODE} points, or
 * in {@code target/opencode}, fetched there through npm at a pinned version. One that happens to be
 * on the path is not taken unless npm is missing, because its version is not the one that the tests
 * were written against.
 *
 * <p>Where there is none, tests are skipped with a message; with {@code
 * SIDELINE_REQUIRE_OPENCODE=1} they fail.
 */
public final class OpenCodeBinary {

  /** The version that the tests were written against. */
  public static final String VERSION = "1.18.33";

  private static final String POINTER = "SIDELINE_OPENCODE";
  private static final String REQUIRED = "SIDELINE_REQUIRE_OPENCODE";
  private static final long FETCH_MINUTES = 5;

  private OpenCodeBinary() {}

  /** The program; skips the running test if there is none and none can be fetched. */
  public static Path require() {
    try {
      return find();
    } catch (IOException e) {
      String message = "No OpenCode for this test: " + e.getMessage();
      if ("1".equals(System.getenv(REQUIRED))) {
        return Assertions.fail(message, e);
      }
      System.err.println(message + "; its tests are SKIPPED");
      Assumptions.abort(message);
      throw new AssertionError("not reached", e);
    }
  }

  private static Path find() throws IOException {
    String pointer = System.getenv(POINTER);
    if (pointer != null && !pointer.isEmpty()) {
      Path binary = Path.of(pointer);
      if (!Files.isExecutable(binary)) {
        throw new IOException(POINTER + " points to " + binary + ", which cannot be run");
      }
      return binary;
    }
    Path folder = Path.of("target", "opencode").toAbsolutePath();
    try {
      return fetched(folder);
    } catch (IOException e) {
      Optional<Path> onPath = OpenCodeServer.find();
      if (onPath.isPresent()) {
        return onPath.get();
      }
      throw e;
    }
  }

  /** Builds run side by side, and the fetch must happen once. */
  private static Path fetched(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("fetch.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Optional<Path> there = in(folder);
      if (lock.isValid() && there.isPresent()) {
        return there.get();
      }
      fetch(folder);
      return in(folder)
          .orElseThrow(
              () -> new IOException("opencode-ai@" + VERSION + " has no binary for this machine"));
    }
  }

  private static Optional<Path> in(Path folder) throws IOException {
    Path modules = folder.resolve(VERSION).resolve("node_modules");
    if (!Files.isDirectory(modules)) {
      return Optional.empty();
    }
    // There may be a -baseline variant beside it, for processors without AVX2: last in the order.
    try (Stream<Path> packages = Files.list(modules)) {
      return packages
          .filter(module -> module.getFileName().toString().startsWith("opencode-"))
          .sorted()
          .flatMap(
              module -> Stream.of("opencode", "opencode.exe").map(module.resolve("bin")::resolve))
          .filter(binary -> !binary.getParent().getParent().endsWith("opencode-ai"))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private static void fetch(Path folder) throws IOException {
    System.err.println("Fetching opencode-ai@" + VERSION + " through npm into " + folder);
    Path log = folder.resolve("npm.log");
    Process npm;
    try {
      npm =
          new ProcessBuilder(
                  List.of(
                      "npm",
                      "install",
                      "--prefix",
                      folder.resolve(VERSION).toString(),
                      "--ignore-scripts",
                      "--no-audit",
                      "--no-fund",
                      "opencode-ai@" + VERSION))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new IOException(
          "npm is not installed. Install Node.js with npm, or let "
              + POINTER
              + " point to opencode",
          e);
    }
    try {
      if (!npm.waitFor(FETCH_MINUTES, TimeUnit.MINUTES)) {
        npm.destroyForcibly();
        throw new IOException("npm did not end within " + FETCH_MINUTES + " minutes, see " + log);
      }
    } catch (InterruptedException e) {
      npm.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while npm was running", e);
    }
    if (npm.exitValue() != 0) {
      throw new IOException("npm failed, see " + log);
    }
  }
}
