package dev.sideline.background.runtime;

import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.schema.ResultSchemas;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Checks schemas and answers, one after another, since each may take a second. */
final class ResultChecks {

  private static final int MAX_OPEN_SCHEMAS = 100;

  private final Function<String, List<String>> problems;
  private final BiFunction<String, String, ResultCheck> check;
  private final Executor thread;
  private final Executor replies;
  private final PendingCalls<List<String>> open = new PendingCalls<>();
  private volatile boolean closed;

  /**
   * @param thread carries out the checks, one at a time
   * @param replies completes what callers wait for
   */
  ResultChecks(Executor thread, Executor replies) {
    this(new ResultSchemas(), thread, replies);
  }

  private ResultChecks(ResultSchemas schemas, Executor thread, Executor replies) {
    this(schemas::problems, schemas::check, thread, replies);
  }

  /**
   * @param problems says what is wrong with a schema
   * @param check takes a schema and an answer, and says whether that fits
   */
  ResultChecks(
      Function<String, List<String>> problems,
      BiFunction<String, String, ResultCheck> check,
      Executor thread,
      Executor replies) {
    this.problems = problems;
    this.check = check;
    this.thread = thread;
    this.replies = replies;
  }

  /** Why a text is of no use as a schema; empty if it is one. Fails if there is no time for it. */
  CompletableFuture<List<String>> problems(String schema) {
    if (open.size() >= MAX_OPEN_SCHEMAS) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException("too many schemas at once"));
    }
    PendingCalls.Wait<List<String>> wait = open.begin();
    thread.execute(
        () -> {
          List<String> found = guarded(() -> problems.apply(schema), problem -> List.of(problem));
          replies.execute(() -> open.complete(wait.number(), found));
        });
    if (closed) {
      close();
    }
    return wait.result();
  }

  /** Whether an answer fits a schema. */
  void check(String schema, String answer, Consumer<ResultCheck> told) {
    thread.execute(
        () ->
            told.accept(
                guarded(
                    () -> check.apply(schema, answer),
                    problem -> new ResultCheck(null, List.of(problem)))));
  }

  private static <T> T guarded(Supplier<T> check, Function<String, T> otherwise) {
    try {
      return check.get();
    } catch (Throwable thrown) {
      // A barrier: whoever waits for a verdict gets one, whatever the validator has run into.
      return otherwise.apply("it cannot be checked: " + Barrier.describe(thrown));
    }
  }

  /** Ends what callers still wait for, and whatever comes later at once. */
  void close() {
    closed = true;
    open.failAll(CancellationException::new);
  }
}
