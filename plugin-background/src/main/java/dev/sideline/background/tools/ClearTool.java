package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Input;

/** {@code background_clear}: forgets the caller's finished tasks. */
final class ClearTool extends BackgroundTool {

  private static final String DESCRIPTION =
      """
      Forget your background tasks that have ended, with their answers. Live tasks, and ended ones \
      that you have not been told of yet, stay.\
      """;

  ClearTool(Toolbox box) {
    super(
        new ToolSpec(
            "background_clear",
            DESCRIPTION,
            "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}",
            "{\"type\":\"object\",\"properties\":{\"cleared\":{\"type\":\"integer\"},"
                + "\"kept\":{\"type\":\"integer\"}},\"required\":[\"cleared\",\"kept\"]}",
            new ToolSpec.Hints(false, true, true)),
        box);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    return new Request() {
      @Override
      public Input input(long call) {
        return new Input.ClearCompleted(call, caller);
      }

      @Override
      public ToolResult result(Answer answer) {
        Answer.Cleared cleared = (Answer.Cleared) answer;
        ObjectNode json = box.json().newObject();
        json.put("cleared", cleared.cleared());
        json.put("kept", cleared.kept());
        String kept =
            cleared.kept() == 0
                ? ""
                : " " + cleared.kept() + " stay until you have been told that all have ended.";
        return ToolResult.of(
            "Forgot " + cleared.cleared() + " finished tasks." + kept, Json.text(json));
      }
    };
  }
}
