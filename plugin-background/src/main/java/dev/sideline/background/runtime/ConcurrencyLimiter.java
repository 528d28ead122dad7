package dev.sideline.background.runtime;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Lets a number of calls be under way at once; others wait their turn, without a thread. */
final class ConcurrencyLimiter {

  private final int max;
  private final Executor executor;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private int underWay;

  /**
   * @param executor starts the calls that had to wait; never the thread that ended another
   */
  ConcurrencyLimiter(int max, Executor executor) {
    this.max = max;
    this.executor = executor;
  }

  /** Makes a call, now or later. */
  <T> CompletableFuture<T> run(Supplier<CompletableFuture<T>> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable start =
        () -> {
          CompletableFuture<T> unused =
              begin(call)
                  .whenComplete(
                      (value, failure) -> {
                        Barrier.run("Beginning the next call", this::next);
                        if (failure != null) {
                          result.completeExceptionally(failure);
                        } else {
                          result.complete(value);
                        }
                      });
        };
    synchronized (this) {
      if (underWay == max) {
        waiting.add(start);
        return result;
      }
      underWay++;
    }
    start.run();
    return result;
  }

  private static <T> CompletableFuture<T> begin(Supplier<CompletableFuture<T>> call) {
    try {
      return call.get();
    } catch (Throwable thrown) {
      // It gives back its place, like one that fails later.
      return CompletableFuture.failedFuture(thrown);
    }
  }

  private void next() {
    Runnable start;
    synchronized (this) {
      start = waiting.poll();
      if (start == null) {
        underWay--;
        return;
      }
    }
    executor.execute(start);
  }
}
