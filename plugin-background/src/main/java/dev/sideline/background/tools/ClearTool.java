package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import java.util.List;
import java.util.Locale;

/**
 * {@code background_clear}: forgets the caller's finished tasks, or what it is still to be told.
 */
final class ClearTool extends BackgroundTool {

  private static final String DESCRIPTION =
      """
      With what "tasks": forget your background tasks that have ended, with their answers. Live \
      tasks, and ended ones that you have not been told of yet, stay. With what "notices": you are \
      not told any more that tasks have ended, of all that you are still to be told of, or of those \
      in task_id or task_ids; the tasks themselves stay readable.\
      """;

  ClearTool(Toolbox box) {
    super(
        ToolSpec.of("background_clear", DESCRIPTION, inputSchema())
            .withTitle("Forget ended background tasks")
            .withOutputSchema(
                "{\"type\":\"object\",\"properties\":{\"cleared\":{\"type\":\"integer\"},"
                    + "\"kept\":{\"type\":\"integer\"},\"tasks\":"
                    + TaskJson.schemaOfTasks()
                    + "},\"required\":[\"cleared\",\"kept\"]}")
            .withHints(ENDS),
        box);
  }

  private static String inputSchema() {
    return String.format(
        Locale.ROOT,
        """
        {"type":"object","properties":{
        "what":{"type":"string","enum":["tasks","notices"],"default":"tasks",\
        "description":"tasks, the default, or notices"},
        "task_id":{"type":"string","description":"With notices: only of this task"},
        "task_ids":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":%d,\
        "description":"With notices: only of these"}},
        "additionalProperties":false}\
        """,
        MAX_REFS);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    boolean notices = "notices".equals(arguments.choice("what", List.of("tasks", "notices")));
    List<String> refs = Refs.read(arguments);
    if (!notices && !refs.isEmpty()) {
      throw new BadArgument(
          "'task_id' and 'task_ids' go with 'what' set to \"notices\"; tasks are cleared all"
              + " together.");
    }
    return new Request() {
      @Override
      public Input input(long call) {
        return notices
            ? new Input.ClearNotices(call, caller, refs)
            : new Input.ClearCompleted(call, caller);
      }

      @Override
      public ToolResult result(Answer answer) {
        return answer instanceof Answer.NoticesCleared cleared
            ? dropped(cleared)
            : forgotten((Answer.Cleared) answer);
      }
    };
  }

  private ToolResult forgotten(Answer.Cleared cleared) {
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

  private ToolResult dropped(Answer.NoticesCleared cleared) {
    long now = box.now();
    ObjectNode json = box.json().newObject();
    json.put("cleared", cleared.tasks().size());
    json.put("kept", 0);
    TaskJson.write(json.putArray("tasks"), cleared.tasks(), now);
    if (cleared.tasks().isEmpty()) {
      return ToolResult.of(
          "There is nothing that you were still to be told of these tasks.", Json.text(json));
    }
    StringBuilder text = new StringBuilder("You will not be told any more of:");
    cleared.tasks().forEach(view -> text.append('\n').append(box.text().line(view, now)));
    return ToolResult.of(
        text.append("\nThey stay readable with background_output.").toString(), Json.text(json));
  }
}
