package dev.sideline.background.runtime;

import dev.sideline.api.SessionException;
import dev.sideline.api.SessionException.Code;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call to the host. It ends once: with its answer, with a failure, at its time, or when the
 * plugin is disposed. Safe for use from any thread.
 *
 * @param <T> what is answered
 */
final class HostCall<T extends @Nullable Object> {

  private enum State {
    /** The host does not know of it. */
    WAITING,
    /** The host was called. */
    BEGUN,
    /** It ended before the host was called, which is not called for it any more. */
    DROPPED
  }

  private final String name;
  private final long deadlineMillis;
  private final Consumer<T> late;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);

  /**
   * @param name the method that is called
   * @param deadlineMillis when it has to have ended, on the timeline of the runtime
   * @param late takes an answer that came after the call had ended
   */
  HostCall(String name, long deadlineMillis, Consumer<T> late) {
    this.name = name;
    this.deadlineMillis = deadlineMillis;
    this.late = late;
  }

  String name() {
    return name;
  }

  long deadlineMillis() {
    return deadlineMillis;
  }

  /** Completes with the answer, or exceptionally with a {@link SessionException}. */
  CompletableFuture<T> result() {
    return result;
  }

  /** The host is about to be called; tells whether it still may be. */
  boolean begin() {
    return state.compareAndSet(State.WAITING, State.BEGUN);
  }

  void succeed(T answer) {
    if (!result.complete(answer)) {
      late.accept(answer);
    }
  }

  void fail(SessionException failure) {
    result.completeExceptionally(failure);
  }

  /** Ends without an answer; what it says depends on whether the host has been called. */
  void giveUp(String why) {
    boolean waited = state.compareAndSet(State.WAITING, State.DROPPED);
    fail(new SessionException(waited ? Code.UNAVAILABLE : Code.UNCERTAIN, why));
  }
}
