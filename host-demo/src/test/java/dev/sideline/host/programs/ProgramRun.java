package dev.sideline.host.programs;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One run of a program, from its start to its end.
 *
 * @param out what it has written to its standard output
 * @param err what it has written besides
 */
record ProgramRun(int exitCode, String out, String err) {

  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Path PROC = Path.of("/proc");

  /**
   * Runs a program on a prompt; afterwards no process of it is left.
   *
   * @throws AssertionError if it does not end, or if it leaves a process
   */
  static ProgramRun of(AgentProgram program, Workplace place, String prompt) throws IOException {
    return of(program.command(prompt), program, place);
  }

  /** Runs a command line as that of a program. */
  static ProgramRun of(List<String> command, AgentProgram program, Workplace place)
      throws IOException {
    Path out = Files.createTempFile(place.root(), "out", "");
    Path err = Files.createTempFile(place.root(), "err", "");
    Process process =
        builder(command, program, place)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    boolean ended = false;
    try {
      ended = process.waitFor(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      end(process);
    }
    String all = "\n" + read(out) + "\n" + read(err) + "\nThe model saw: " + place.model().turns();
    if (!ended) {
      throw new AssertionError("still running after " + BOUND + ": " + command + all);
    }
    awaitNothingLeft(place);
    return new ProgramRun(process.exitValue(), read(out), read(err));
  }

  /** A process of a program whose run is not waited for yet; it reads and says nothing. */
  static Process start(List<String> command, AgentProgram program, Workplace place)
      throws IOException {
    return builder(command, program, place)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /**
   * Runs a command line as that of a program to its end, where an owner of the data folder stays.
   */
  static ProgramRun withOwner(List<String> command, AgentProgram program, Workplace place)
      throws IOException {
    Path out = Files.createTempFile(place.root(), "out", "");
    Process process =
        builder(command, program, place)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(out.toFile())
            .redirectErrorStream(true)
            .start();
    try {
      if (!process.waitFor(BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + BOUND + ": " + command + read(out));
      }
      return new ProgramRun(process.exitValue(), read(out), "" + place.model().turns());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      end(process);
    }
  }

  /** Of a process of a program, in its project, which sees nothing of this machine's user. */
  static ProcessBuilder builder(List<String> command, AgentProgram program, Workplace place) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(place.project().toFile());
    Map<String, String> environment = builder.environment();
    String path = environment.getOrDefault("PATH", "");
    environment.clear();
    environment.put("PATH", path);
    environment.put("HOME", place.home().toString());
    environment.put("TMPDIR", place.temporary().toString());
    environment.put("LANG", "C.UTF-8");
    environment.putAll(program.environment(place));
    return builder;
  }

  /** Ends a process with all that it has started. */
  static void end(Process process) {
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroyForcibly);
  }

  /** Waits until no process knows the place any more, by its command line or its environment. */
  static void awaitNothingLeft(Workplace place) {
    await("the end of what knows " + place.root())
        .atMost(Duration.ofSeconds(30))
        .until(() -> processesOf(place), List::isEmpty);
  }

  private static List<String> processesOf(Workplace place) throws IOException {
    List<String> found = new ArrayList<>();
    if (!Files.isDirectory(PROC)) {
      return found;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        String command = ofProcess(entry.resolve("cmdline"));
        String known = command + '\0' + ofProcess(entry.resolve("environ"));
        if (known.contains(place.root().toString()) || known.contains(place.data().toString())) {
          found.add(entry.getFileName() + ": " + command.replace('\0', ' '));
        }
      }
    }
    return found;
  }

  private static String ofProcess(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    } catch (IOException gone) {
      return ""; // It has ended meanwhile, or is another user's.
    }
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
