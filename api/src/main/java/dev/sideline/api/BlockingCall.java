package dev.sideline.api;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call of a tool that a thread waits for; see {@link Tool#callAndWait}. */
final class BlockingCall {

  /** How long a tool may take to say what it has to say once its call was given up. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(1);

  private final CancelSource source = new CancelSource();

  /** Completes when the caller's own signal is given. */
  private final CompletableFuture<ToolResult> callerGone = new CompletableFuture<>();

  private boolean interrupted;

  ToolResult result(Tool tool, ToolCall call, Duration timeout) {
    CancelSignal.Registration callersOwn = call.cancellation().onCancel(this::callerHasGone);
    try {
      CompletableFuture<ToolResult> answer =
          tool.call(call.withCancellation(source.signal())).toCompletableFuture();
      await(CompletableFuture.anyOf(answer, callerGone), timeout);
      if (answer.isDone()) {
        return resultOf(answer);
      }
      String why = why(timeout);
      source.cancel();
      awaitUninterruptibly(answer);
      return answer.isDone()
          ? resultOf(answer)
          : ToolResult.failure(why + " What the call has begun goes on.");
    } finally {
      callersOwn.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void callerHasGone() {
    callerGone.complete(ToolResult.failure("gone"));
    source.cancel();
  }

  private String why(Duration timeout) {
    if (callerGone.isDone()) {
      return "The call was cancelled.";
    }
    return interrupted
        ? "The wait for an answer was interrupted."
        : "There was no answer within " + timeout.toMillis() + " ms.";
  }

  private void awaitUninterruptibly(CompletableFuture<?> future) {
    long deadline = System.nanoTime() + LAST_WORDS.toNanos();
    boolean again = true;
    while (again) {
      again = await(future, Duration.ofNanos(deadline - System.nanoTime()));
    }
  }

  /** Waits until a future has completed, however, or the time is up; tells of an interrupt. */
  private boolean await(CompletableFuture<?> future, Duration timeout) {
    try {
      future.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
      return false;
    } catch (InterruptedException e) {
      interrupted = true;
      return true;
    } catch (ExecutionException | CancellationException | TimeoutException e) {
      // What has become of it is looked at by the caller.
      return false;
    }
  }

  private static ToolResult resultOf(CompletableFuture<ToolResult> answer) {
    try {
      return answer.join();
    } catch (CancellationException e) {
      throw new CompletionException(e);
    }
  }
}
