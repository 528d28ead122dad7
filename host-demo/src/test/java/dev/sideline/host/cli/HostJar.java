package dev.sideline.host.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The built program, run as its users run it: in a process of its own, with the options of its
 * launcher and from an archive of its classes, which is made once for each build.
 */
public final class HostJar {

  static final Path JAR = Path.of("target", "sideline-host.jar").toAbsolutePath();
  private static final String STANDALONE = "--standalone";
  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final ClassArchive ARCHIVE = archive();

  /** What a run has left. */
  public record Outcome(int exitCode, String out, String err) {}

  private HostJar() {}

  private static ClassArchive archive() {
    ClassArchive archive = ClassArchive.in(Path.of("target"), JAR);
    List<String> java = new ArrayList<>(List.of(ServerCommand.JAVA.toString()));
    java.addAll(ServerCommand.options(List.of()));
    try {
      archive.make(java);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
    return archive;
  }

  /**
   * A data folder as users have it from their second start on: with the archive, from which owners
   * and tool servers start.
   *
   * @param data made if it is not there
   * @return where it really is
   */
  public static Path usedData(Path data) throws IOException {
    Path startup = Files.createDirectories(data.resolve(ARCHIVE.folder().getFileName()));
    for (Path file : List.of(ARCHIVE.file(), ARCHIVE.note())) {
      Path link = startup.resolve(file.getFileName());
      if (!Files.exists(link)) {
        Files.createLink(link, file);
      }
    }
    return data.toRealPath();
  }

  /** The command line that runs it, without an owner of the data folder. */
  public static List<String> command(String... arguments) {
    return commandOf(JAR, arguments);
  }

  /** The command line that runs it as its users do, with an owner of the data folder. */
  public static List<String> ownedCommand(String... arguments) {
    List<String> words = command(arguments);
    words.remove(STANDALONE);
    return words;
  }

  /** Runs it to its end as its users do, with an owner of the data folder. */
  public static Outcome runOwned(Path folder, String... arguments) throws IOException {
    return runWithInput(folder, "", ownedCommand(arguments));
  }

  /** The command line that runs a copy of it, without an owner of the data folder. */
  static List<String> commandOf(Path jar, String... arguments) {
    List<String> words = new ArrayList<>();
    words.add(ServerCommand.JAVA.toString());
    words.addAll(ServerCommand.options(ARCHIVE.options()));
    words.add("-jar");
    words.add(jar.toString());
    words.addAll(List.of(arguments));
    words.add(STANDALONE);
    return words;
  }

  /** Runs it to its end. */
  public static Outcome run(Path folder, String... arguments) throws IOException {
    return runWithInput(folder, "", arguments);
  }

  /** Runs it to its end with a text on its standard input. */
  public static Outcome runWithInput(Path folder, String input, String... arguments)
      throws IOException {
    return runWithInput(folder, input, command(arguments));
  }

  /** Runs a command line to its end. */
  static Outcome run(Path folder, List<String> command) throws IOException {
    return runWithInput(folder, "", command);
  }

  /** Runs a command line to its end with a text on its standard input. */
  static Outcome runWithInput(Path folder, String input, List<String> command) throws IOException {
    return run(folder, input, command, builder -> {});
  }

  /**
   * Runs a command line to its end.
   *
   * @param change of how it is started
   */
  static Outcome run(Path folder, List<String> command, Consumer<ProcessBuilder> change)
      throws IOException {
    return run(folder, "", command, change);
  }

  private static Outcome run(
      Path folder, String input, List<String> command, Consumer<ProcessBuilder> change)
      throws IOException {
    Path in = Files.createTempFile(folder, "in", "");
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Files.writeString(in, input);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    change.accept(builder);
    Process process = builder.start();
    try {
      if (!process.waitFor(BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + BOUND + ": " + command);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
