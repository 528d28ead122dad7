package dev.sideline.background.runtime;

import dev.sideline.background.ledger.Answer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The calls that have not been answered yet, by number. Safe for use from any thread. */
final class PendingCalls {

  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, CompletableFuture<Answer>> open = new ConcurrentHashMap<>();

  /**
   * A call.
   *
   * @param answer completes once
   */
  record Call(long number, CompletableFuture<Answer> answer) {}

  Call begin() {
    Call call = new Call(numbers.incrementAndGet(), new CompletableFuture<>());
    open.put(call.number(), call.answer());
    return call;
  }

  /** Answers a call, and tells whether somebody still waited for that. */
  boolean answer(long number, Answer answer) {
    CompletableFuture<Answer> future = open.remove(number);
    return future != null && future.complete(answer);
  }

  void answerAll(Answer answer) {
    for (Long number : open.keySet()) {
      answer(number, answer);
    }
  }
}
