package dev.sideline.api.testing;

import dev.sideline.api.SessionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call on its way: the work that it asks for and the stage that its caller holds. */
final class ReceivedCall<T extends @Nullable Object> {

  private final Supplier<T> work;
  private final Executor answers;
  private final Runnable afterwards;
  private final CompletableFuture<T> answer = new CompletableFuture<>();

  /**
   * @param afterwards runs on the thread that has carried the call out, once it is answered
   */
  ReceivedCall(Supplier<T> work, Executor answers, Runnable afterwards) {
    this.work = work;
    this.answers = answers;
    this.afterwards = afterwards;
  }

  void carryOutAndAnswer() {
    T result;
    try {
      result = work.get();
    } catch (SessionException refused) {
      fail(refused);
      return;
    }
    answers.execute(() -> answer.complete(result));
    afterwards.run();
  }

  /** Does the work and keeps quiet about how it went. */
  void carryOut() {
    new ReceivedCall<>(work, Runnable::run, afterwards).carryOutAndAnswer();
  }

  void fail(SessionException failure) {
    answers.execute(() -> answer.completeExceptionally(failure));
  }

  /** Itself and no view of it: a view would wrap the failure. */
  CompletionStage<T> stage() {
    return answer;
  }
}
