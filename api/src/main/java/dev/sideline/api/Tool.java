package dev.sideline.api;

import java.util.concurrent.CompletionStage;

/** A tool that agents can call. */
public interface Tool {

  /** Name, description and schemas, as a model is shown them. Always the same. */
  ToolSpec spec();

  /**
   * Performs one call. Returns at once, on any thread; the stage may complete much later (a
   * blocking wait holds no thread) and always completes.
   *
   * <p>What a caller did wrong is a {@link ToolResult} with {@link ToolResult#error}, never an
   * exception; a stage that fails means a defect of the plugin.
   */
  CompletionStage<ToolResult> call(ToolCall call);
}
