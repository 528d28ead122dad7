package dev.sideline.host.hold;

import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import java.util.concurrent.CompletionStage;

/**
 * The tool that a hook of the program calls when a turn ends, over the connection that it has
 * anyway. Its answer is what a Stop hook of Claude Code says (2.1.332, as seen).
 */
public final class HoldTool implements Tool {

  public static final String NAME = "background_hold";

  private static final ToolSpec SPEC =
      ToolSpec.of(
              NAME,
              "Not for you: a hook of this program calls it when a turn ends, to find out whether"
                  + " background tasks are still at work.",
              "{\"type\":\"object\",\"properties\":{}}")
          .withTitle("Hold a turn that ends")
          .withHints(new ToolSpec.Hints(true, false, true, false));

  private final LastWord lastWord;

  public HoldTool(LastWord lastWord) {
    this.lastWord = lastWord;
  }

  @Override
  public ToolSpec spec() {
    return SPEC;
  }

  @Override
  public CompletionStage<ToolResult> call(ToolCall call) {
    return lastWord
        .beforeTheEnd(call.sessionId())
        .thenApply(verdict -> ToolResult.of(HookAnswer.CLAUDE.of(verdict), null));
  }
}
