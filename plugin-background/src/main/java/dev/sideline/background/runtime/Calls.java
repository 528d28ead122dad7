package dev.sideline.background.runtime;

import dev.sideline.api.SessionException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is done when calls to the host have ended. */
final class Calls {

  private Calls() {}

  /**
   * Does the one or the other when a call has ended; the other also if the one throws. Whoever
   * waits for it is told something in any case.
   */
  static <T extends @Nullable Object> void then(
      CompletableFuture<T> call, Consumer<T> succeeded, Consumer<SessionException> failed) {
    CompletableFuture<T> unused =
        call.whenComplete(
            (answer, failure) -> {
              SessionException known = failure == null ? null : failure(failure);
              if (known == null) {
                known = attempt(succeeded, answer);
              }
              if (known != null) {
                SessionException told = known;
                Barrier.run("Taking the failure of a call", () -> failed.accept(told));
              }
            });
  }

  private static <T extends @Nullable Object> @Nullable SessionException attempt(
      Consumer<T> succeeded, T answer) {
    try {
      succeeded.accept(answer);
      return null;
    } catch (Throwable thrown) {
      Barrier.report("Taking the answer to a call", thrown);
      return failure(thrown);
    }
  }

  /** What a failed call means. */
  static SessionException failure(Throwable thrown) {
    return GuardedSessionClient.failure(thrown);
  }

  /** What a failure says; never null. */
  static String messageOf(SessionException failure) {
    String message = failure.getMessage();
    return message == null ? failure.code().name() : message;
  }
}
