package dev.sideline.background.runtime;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What somebody still waits for, by number. Each is completed once, at the latest when all are.
 * Safe for use from any thread.
 *
 * @param <T> what is waited for
 */
final class PendingCalls<T> {

  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<T>> open = new ConcurrentHashMap<>();

  /**
   * Something that is waited for.
   *
   * @param result completes once
   */
  record Wait<T>(long number, CompletableFuture<T> result) {}

  Wait<T> begin() {
    Wait<T> wait = new Wait<>(numbers.incrementAndGet(), new CompletableFuture<>());
    open.put(wait.number(), wait.result());
    return wait;
  }

  /** Completes one, and tells whether somebody still waited for it. */
  boolean complete(long number, T value) {
    CompletableFuture<T> result = open.remove(number);
    return result != null && result.complete(value);
  }

  void fail(long number, Throwable failure) {
    CompletableFuture<T> result = open.remove(number);
    if (result != null) {
      result.completeExceptionally(failure);
    }
  }

  void completeAll(T value) {
    for (Long number : open.keySet()) {
      complete(number, value);
    }
  }

  void failAll(Supplier<? extends Throwable> failure) {
    for (Long number : open.keySet()) {
      fail(number, failure.get());
    }
  }

  int size() {
    return open.size();
  }
}
