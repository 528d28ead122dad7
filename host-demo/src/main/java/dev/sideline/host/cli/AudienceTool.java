package dev.sideline.host.cli;

import dev.sideline.api.Audience;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.util.concurrent.CompletionStage;

/**
 * A tool as the models of one kind are shown it.
 *
 * @param tool of all
 * @param audience the models
 */
record AudienceTool(Tool tool, Audience audience) implements Tool {

  @Override
  public ToolSpec spec() {
    return tool.spec(audience);
  }

  @Override
  public ToolSpec spec(Audience other) {
    return tool.spec(other);
  }

  @Override
  public CompletionStage<ToolResult> call(ToolCall call) {
    return tool.call(call);
  }
}
