package dev.sideline.host.embedded;

import dev.sideline.host.Barrier;
import dev.sideline.host.process.ChildEnvironment;
import dev.sideline.host.process.ProcessTrees;
import dev.sideline.host.process.StartedTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run of a command, from its start until nothing of it is left. Belongs to one thread. */
final class CommandRun {

  private static final Logger log = LoggerFactory.getLogger(CommandRun.class);
  private static final int MAX_STDERR_CHARACTERS = 4_096;
  private static final long REPORT_NANOS = Duration.ofMillis(100).toNanos();
  private static final int MAX_LAST_READS = 64;

  /** After this long, what withstands even SIGKILL (a process in the kernel) is not waited for. */
  private static final Duration GIVE_UP = Duration.ofSeconds(5);

  private final Assignment assignment;
  private final AnswerReader answer;
  private final AnswerReader stderr = new AnswerReader("", List.of(), MAX_STDERR_CHARACTERS);
  private final CommandListener listener;
  private final Duration stopGrace;
  private final Set<ProcessHandle> told = new HashSet<>();

  private @Nullable StartedTree tree;
  private @Nullable Process process;
  private @Nullable Path promptFile;
  private @Nullable String problem;
  private CompletableFuture<Void> written = CompletableFuture.completedFuture(null);
  private boolean stopping;
  private boolean finished;
  private long stoppingSince;
  private boolean wroteSinceReport;
  private long lastReport;

  CommandRun(
      Assignment assignment, AnswerReader answer, CommandListener listener, Duration stopGrace) {
    this.assignment = assignment;
    this.answer = answer;
    this.listener = listener;
    this.stopGrace = stopGrace;
  }

  /** What it has started; empty before that, and if that failed. */
  Optional<StartedTree> tree() {
    return Optional.ofNullable(tree);
  }

  /** Starts the command; a failure to start is how the run ends. */
  void start(ProcessTrees trees, long now) {
    lastReport = now - REPORT_NANOS;
    try {
      ProcessBuilder builder = new ProcessBuilder(assignment.command());
      builder.directory(assignment.directory().toFile());
      if (assignment.environment() != null) {
        builder.environment().clear();
        builder.environment().putAll(assignment.environment());
      }
      ChildEnvironment.prepare(
          builder.environment(),
          assignment.directory(),
          assignment.agent().keptVariables(),
          assignment.agent().environment());
      builder.environment().put("SIDELINE_SESSION", assignment.sessionId());
      if (assignment.promptOnInput()) {
        builder.redirectInput(writePrompt().toFile());
      }
      StartedTree begun = trees.start(builder);
      Process started = begun.process();
      tree = begun;
      process = started;
      if (!assignment.promptOnInput() && !assignment.agent().asks()) {
        closeQuietly(started.getOutputStream());
      }
    } catch (IllegalArgumentException e) {
      problem = String.valueOf(e.getMessage());
    } catch (IOException e) {
      problem = new StartFailure(assignment).why(e);
    } catch (Throwable e) { // Such as that there is no thread to be had for its end.
      Barrier.report("Starting a command", e);
      fail(
          "agent '" + assignment.agent().name() + "' could not be started: " + Barrier.describe(e),
          now);
    } finally {
      // The command has it open by now, and where an open file can be deleted, nothing is left.
      deletePrompt();
    }
  }

  /** In a file: a pipe would block the writer where a command does not read its input. */
  private Path writePrompt() throws IOException {
    Path file = Files.createTempFile("sideline-prompt", ".txt");
    promptFile = file;
    return Files.writeString(file, assignment.prompt(), StandardCharsets.UTF_8);
  }

  private void deletePrompt() {
    if (promptFile != null) {
      try {
        Files.deleteIfExists(promptFile);
        promptFile = null;
      } catch (IOException stillOpen) {
        log.debug("{} is deleted when its command has ended", promptFile, stillOpen);
      }
    }
  }

  /**
   * Writes a line to the command's standard input, after those before it.
   *
   * @param writers on whose threads it waits for a command that does not read
   */
  void reply(String line, Executor writers) {
    if (process == null || !process.isAlive()) {
      return;
    }
    OutputStream input = process.getOutputStream();
    byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
    CompletableFuture<Void> done = new CompletableFuture<>();
    Runnable writing =
        () -> {
          try {
            write(input, bytes);
          } finally {
            done.complete(null);
          }
        };
    CompletableFuture<Void> unused =
        written.thenRun(
            () ->
                Barrier.run(
                    "A reply to a command",
                    () -> writers.execute(writing),
                    notTaken -> done.complete(null)));
    written = done;
  }

  private static void write(OutputStream input, byte[] bytes) {
    try {
      input.write(bytes);
      input.flush();
    } catch (IOException ended) {
      log.debug("A reply came when its command had ended", ended);
    }
  }

  /**
   * Ends the command as soon as the next {@link #sweep}, as one that has failed.
   *
   * @param why for a person or a model to read
   */
  void fail(String why, long now) {
    problem = why;
    stop(now);
  }

  /** Ends the command as soon as the next {@link #sweep}. */
  void stop(long now) {
    if (!stopping) {
      stopping = true;
      stoppingSince = now;
    }
  }

  /** Whether the command itself goes on, or was asked to stop: {@link #sweep} has work to do. */
  boolean needsSweep() {
    return stopping || process == null || !process.isAlive();
  }

  /**
   * Reads what is there, without waiting.
   *
   * @return whether there was anything
   */
  boolean read(byte[] buffer, long now) {
    if (process == null) {
      return false;
    }
    boolean some = readAvailable(process.getInputStream(), answer, buffer);
    some |= readAvailable(process.getErrorStream(), stderr, buffer);
    wroteSinceReport |= some;
    if (wroteSinceReport && now - lastReport >= REPORT_NANOS) {
      wroteSinceReport = false;
      lastReport = now;
      listener.progressed();
    }
    return some;
  }

  /**
   * The JDK replaces the pipe by what is left in it when the process ends, holding the stream's
   * monitor. Under the same monitor, what is available can be read without waiting.
   */
  private static boolean readAvailable(InputStream stream, AnswerReader reader, byte[] buffer) {
    int count;
    synchronized (stream) {
      try {
        int available = Math.min(stream.available(), buffer.length);
        count = available <= 0 ? 0 : stream.read(buffer, 0, available);
      } catch (IOException closed) {
        return false;
      }
    }
    if (count <= 0) {
      return false;
    }
    reader.write(buffer, count);
    return true;
  }

  /**
   * Ends what is left of the command: politely first, by force after the grace.
   *
   * @param living the live processes of its tree
   * @return whether the run is over
   */
  boolean sweep(Set<ProcessHandle> living, byte[] buffer, long now) {
    boolean alive = process != null && process.isAlive();
    if (!alive) {
      stop(now);
    }
    Set<ProcessHandle> left = new HashSet<>(living);
    if (process != null && alive) {
      left.add(process.toHandle());
    }
    long waited = now - stoppingSince;
    if (left.isEmpty() || waited > stopGrace.plus(GIVE_UP).toNanos()) {
      if (!left.isEmpty()) {
        log.warn("{} of agent {} cannot be ended", left, assignment.agent().name());
      }
      finish(buffer);
      return true;
    }
    for (ProcessHandle handle : left) {
      // By handle: Process.destroy would close the streams, and with them the end of the answer.
      if (waited >= stopGrace.toNanos()) {
        handle.destroyForcibly();
      } else if (told.add(handle)) {
        handle.destroy();
      }
    }
    return false;
  }

  /** The listener hears of the end for certain; if it cannot be told, this is done once more. */
  private void finish(byte[] buffer) {
    if (!finished) {
      finished = true;
      Barrier.run(
          "Finishing a command",
          () -> finishAnswer(buffer),
          thrown -> problem = "its answer could not be read: " + Barrier.describe(thrown));
      deletePrompt();
    }
    listener.ended(problem);
  }

  private void finishAnswer(byte[] buffer) {
    boolean well = problem == null;
    Process ended = process;
    if (ended != null) {
      int reads = 0;
      while (read(buffer, lastReport) && reads < MAX_LAST_READS) {
        reads++;
      }
      closeQuietly(ended.getInputStream());
      closeQuietly(ended.getErrorStream());
      // Not here and now: whoever still writes holds the stream until the command's end reaches it.
      CompletableFuture<Void> unused = written.thenRun(() -> closeQuietly(ended.getOutputStream()));
      stderr.end(true);
      if (well && !ended.isAlive() && ended.exitValue() != 0) {
        well = false;
        problem = whyItFailed(ended.exitValue());
      } else if (well) {
        sayWhatWasSaidBeside();
      }
    }
    answer.end(well);
  }

  /** Some programs fail with exit code 0, and say so nowhere but on their standard error. */
  private void sayWhatWasSaidBeside() {
    String said = stderr.text().strip();
    if (!said.isEmpty() && answer.text().isBlank()) {
      answer.add("[The command gave no answer. On its standard error it said:]\n" + said + "\n");
    }
  }

  private String whyItFailed(int exitCode) {
    String why =
        String.format(
            Locale.ROOT,
            "the command of agent '%s' (%s) ended with exit code %d",
            assignment.agent().name(),
            assignment.agent().command().get(0),
            exitCode);
    String said = stderr.text().strip();
    return said.isEmpty() ? why + " and said nothing on stderr" : why + ", saying:\n" + said;
  }

  private static void closeQuietly(InputStream stream) {
    try {
      stream.close();
    } catch (IOException nothingToLose) {
      log.trace("closing the output of a command", nothingToLose);
    }
  }

  private static void closeQuietly(OutputStream stream) {
    try {
      stream.close();
    } catch (IOException nothingToLose) {
      log.trace("closing the input of a command", nothingToLose);
    }
  }
}
