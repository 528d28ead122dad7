package dev.sideline.background.runtime;

import dev.sideline.api.SessionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Calls to the host, with whatever goes wrong in them as a {@link SessionException}. */
final class Calls {

  private Calls() {}

  /** Makes a call; a client that throws has failed, like one whose stage fails. */
  static <T> CompletableFuture<T> to(Supplier<CompletionStage<T>> call) {
    try {
      return call.get().toCompletableFuture();
    } catch (RuntimeException | LinkageError | AssertionError e) {
      // A barrier: the contract forbids it, and a host that is broken, or put together from parts
      // that do not fit, must not end the thread that all calls are made on.
      return CompletableFuture.failedFuture(e);
    }
  }

  /** What a failed call means. */
  static SessionException failure(Throwable thrown) {
    Throwable cause = thrown;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof SessionException known) {
      return known;
    }
    return new SessionException(
        SessionException.Code.UNCERTAIN, "the host failed: " + cause, cause);
  }

  /** Does the one or the other when a call has ended. */
  static <T> void then(
      CompletableFuture<T> call, Consumer<T> succeeded, Consumer<SessionException> failed) {
    CompletableFuture<Void> unused =
        call.thenAccept(succeeded)
            .whenComplete(
                (done, failure) -> {
                  // Also if the answer made no sense, such as a session that is null.
                  if (failure != null) {
                    failed.accept(failure(failure));
                  }
                });
  }

  /** What a failure says; never null. */
  static String messageOf(SessionException failure) {
    String message = failure.getMessage();
    return message == null ? failure.code().name() : message;
  }
}
