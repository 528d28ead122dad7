package dev.sideline.host.cli;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import dev.sideline.host.file.FileProblem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * A thread of Codex, woken by {@code codex queue}: its documented way to give a thread a message,
 * which an idle one takes at once and one at work when its turn is over (0.171.0, as seen).
 *
 * @param surroundings of the tool server that Codex has started
 * @param program of Codex
 * @param thread its id, as its calls bear it
 */
record CodexQueue(Surroundings surroundings, String program, String thread) implements Waker {

  private static final String NAME = "codex";
  private static final Duration BOUND = Duration.ofSeconds(20);

  /** With the Codex that has started the tool server, else with the one on the path. */
  static CodexQueue of(Surroundings surroundings, String thread) {
    return new CodexQueue(
        surroundings,
        surroundings
            .parent()
            .flatMap(ProcessHandle::of)
            .flatMap(parent -> parent.info().command())
            .filter(CodexQueue::isCodex)
            .orElse(NAME),
        thread);
  }

  private static boolean isCodex(String command) {
    return Optional.ofNullable(Path.of(command).getFileName())
        .filter(name -> name.toString().startsWith(NAME))
        .isPresent();
  }

  @Override
  public CompletionStage<Void> wake(String text) {
    Process process;
    try {
      ProcessBuilder queue =
          new ProcessBuilder(List.of(program, "queue", "--thread=" + thread, "--message=" + text))
              .directory(surroundings.directory().toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      queue.environment().clear();
      queue.environment().putAll(surroundings.environment());
      process = queue.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      return CompletableFuture.failedStage(
          new SessionException(
              Code.UNAVAILABLE, program + " could not be run: " + FileProblem.words(e), e));
    }
    return process
        .onExit()
        .completeOnTimeout(process, BOUND.toMillis(), TimeUnit.MILLISECONDS)
        .thenAccept(CodexQueue::judge);
  }

  private static void judge(Process process) {
    if (process.isAlive()) {
      process.destroyForcibly();
      throw new SessionException(
          Code.UNCERTAIN, "codex queue did not end within " + BOUND.toSeconds() + " s");
    }
    if (process.exitValue() != 0) {
      throw new SessionException(Code.UNAVAILABLE, "codex queue ended with " + process.exitValue());
    }
  }
}
