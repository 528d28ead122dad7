package dev.sideline.host.cli;

import dev.sideline.host.DaemonThreads;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks again and again, on a thread of its own, until there is an answer. */
final class Repeated implements AutoCloseable {

  private final ScheduledExecutorService beat = DaemonThreads.timer("sideline-beat");

  /**
   * Asks until there is an answer; blocks.
   *
   * @return nothing if there was none in time
   */
  <T> Optional<T> until(Duration every, Duration atMost, Callable<Optional<T>> question) {
    CompletableFuture<T> answered = new CompletableFuture<>();
    var asking =
        beat.scheduleWithFixedDelay(
            () -> ask(question, answered), 0, every.toMillis(), TimeUnit.MILLISECONDS);
    try {
      return Optional.of(answered.get(atMost.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } finally {
      asking.cancel(false);
    }
  }

  private static <T> void ask(Callable<Optional<T>> question, CompletableFuture<T> answered) {
    try {
      question.call().ifPresent(answered::complete);
    } catch (Throwable e) { // Whatever it is belongs to the one who waits.
      answered.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    beat.shutdownNow();
  }
}
