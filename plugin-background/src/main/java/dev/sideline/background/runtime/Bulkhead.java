package dev.sideline.background.runtime;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many threads may be inside a method of the host. It must not block; when it does, it holds no
 * more threads than these, and is not called any more until one of them has come back.
 */
final class Bulkhead {

  static final int MAX_INSIDE = 4;

  private final AtomicInteger inside = new AtomicInteger();

  /** Tells whether the method may be called; {@link #leave} has to follow if so. */
  boolean enter() {
    if (inside.incrementAndGet() > MAX_INSIDE) {
      inside.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    inside.decrementAndGet();
  }
}
