package dev.sideline.host.programs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that is fetched through npm at a pinned version, once for each build folder, into
 * {@code target/npm/NAME/VERSION}.
 *
 * <p>Where it cannot be had, tests are skipped with a message; with {@code
 * SIDELINE_REQUIRE_PROGRAMS=1} they fail.
 *
 * @param name of its folder
 * @param version of the first package
 * @param packages what npm installs; the first without its version
 * @param place where the program lies below {@code node_modules}: a glob for each level
 */
public record NpmProgram(String name, String version, List<String> packages, List<String> place) {

  private static final String REQUIRED = "SIDELINE_REQUIRE_PROGRAMS";
  private static final long FETCH_MINUTES = 5;

  /** One package and a path below {@code node_modules}, of globs. */
  public static NpmProgram of(String name, String version, String npmPackage, String place) {
    return new NpmProgram(name, version, List.of(npmPackage), List.of(place.split("/")));
  }

  /** The same with one package more. */
  public NpmProgram with(String npmPackage) {
    List<String> all = new ArrayList<>(packages);
    all.add(npmPackage);
    return new NpmProgram(name, version, all, place);
  }

  /** How npm's packages name this machine, such as {@code linux-x64}. */
  public static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch");
    return (system.startsWith("mac") ? "darwin" : system.startsWith("win") ? "win32" : "linux")
        + (processor.equals("aarch64") ? "-arm64" : "-x64");
  }

  /** The program; skips the running test if there is none and none can be fetched. */
  public Path require() {
    try {
      return find();
    } catch (IOException e) {
      return skip(name, e);
    }
  }

  /** Skips the running test for want of a program, or fails it if programs are required. */
  public static Path skip(String name, IOException reason) {
    String message = "No " + name + " for this test: " + reason.getMessage();
    if ("1".equals(System.getenv(REQUIRED))) {
      return Assertions.fail(message, reason);
    }
    System.err.println(message + "; its tests are SKIPPED");
    return Assumptions.abort(message);
  }

  /**
   * The program, fetched if it is not there. Builds run side by side, and that must happen once.
   *
   * @throws IOException if it cannot be fetched, or if nothing of the package runs on this machine
   */
  public Path find() throws IOException {
    Path folder = Path.of("target", "npm", name).toAbsolutePath();
    Files.createDirectories(folder);
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("fetch.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Path installed = folder.resolve(version);
      if (lock.isValid() && !Files.isDirectory(installed)) {
        fetch(folder, installed);
      }
      return in(installed)
          .orElseThrow(() -> new IOException(spec() + " has nothing that runs on this machine"));
    }
  }

  private Optional<Path> in(Path installed) throws IOException {
    List<Path> found = List.of(installed.resolve("node_modules"));
    for (String level : place) {
      List<Path> below = new ArrayList<>();
      for (Path folder : found) {
        if (Files.isDirectory(folder)) {
          try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, level)) {
            entries.forEach(below::add);
          }
        }
      }
      found = below;
    }
    // There may be variants for other processors and libraries beside it: last in the order.
    return found.stream().filter(Files::isRegularFile).sorted().findFirst();
  }

  private String spec() {
    return packages.get(0) + "@" + version;
  }

  private void fetch(Path folder, Path installed) throws IOException {
    System.err.println("Fetching " + spec() + " through npm into " + folder);
    Path log = folder.resolve("npm.log");
    Path fresh = folder.resolve("fetching-" + version);
    List<String> words =
        new ArrayList<>(
            List.of(
                "npm",
                "install",
                "--prefix",
                fresh.toString(),
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                spec()));
    words.addAll(packages.subList(1, packages.size()));
    run(words, log);
    Files.move(fresh, installed, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void run(List<String> words, Path log) throws IOException {
    Process npm;
    try {
      npm =
          new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw new IOException("npm is not installed. Install Node.js with npm", e);
    }
    try {
      if (!npm.waitFor(FETCH_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException("npm did not end within " + FETCH_MINUTES + " minutes, see " + log);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while npm was running", e);
    } finally {
      npm.descendants().forEach(ProcessHandle::destroyForcibly);
      npm.destroyForcibly();
    }
    if (npm.exitValue() != 0) {
      throw new IOException("npm failed, see " + log);
    }
  }
}
