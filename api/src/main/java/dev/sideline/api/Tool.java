package dev.sideline.api;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** A tool that agents can call. */
public interface Tool {

  /** Name, description and schemas, as a model is shown them. Always the same. */
  ToolSpec spec();

  /**
   * The same for the models of one kind, for hosts that have several. Nothing but its words may
   * differ from {@link #spec}: the name, and what it does with which arguments, are the same.
   *
   * <p>By default, {@link #spec}, which says what {@link SessionClient#usualReach} and {@link
   * SessionClient#knownAgents} allow to say.
   */
  default ToolSpec spec(Audience audience) {
    return spec();
  }

  /**
   * Performs one call. Returns at once, on any thread; the stage may complete much later (a
   * blocking wait holds no thread) and always completes.
   *
   * <p>What a caller did wrong is a {@link ToolResult} with {@link ToolResult#error}, never an
   * exception; a stage that fails means a defect of the plugin.
   */
  CompletionStage<ToolResult> call(ToolCall call);

  /**
   * Performs one call and waits for its answer on this thread, for hosts whose tools block.
   *
   * <p>When the time is up, when this thread is interrupted, or when the call's own {@link
   * ToolCall#cancellation} is given, the wait is ended as that signal ends it: what the call has
   * begun goes on. What the tool says then, at most a second later, is the result; if it says
   * nothing, the result is an {@linkplain ToolResult#error error} that says so. So an answer that
   * the plugin takes for received is never lost. After an interrupt, the thread's interrupt status
   * is set again.
   *
   * @param timeout how long to wait at most; zero for an answer that is there at once
   * @throws java.util.concurrent.CompletionException if the stage of {@link #call} fails, which
   *     means a defect of the plugin; the cause is what it failed with
   */
  default ToolResult callAndWait(ToolCall call, Duration timeout) {
    return new BlockingCall().result(this, call, timeout);
  }
}
