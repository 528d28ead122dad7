package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import java.util.List;
import java.util.Locale;

/** {@code background_cancel}: stops tasks, and what they have launched. */
final class CancelTool extends BackgroundTool {

  private static final int MAX_REASON_CHARS = 500;

  private static final String DESCRIPTION =
      """
      Stop background tasks of yours, with everything that they have launched themselves. Name one \
      (task_id), several (task_ids), or set all to true. Returns when they have really stopped, and \
      says so of any that would not. What a task had written so far stays readable with \
      background_output.\
      """;

  CancelTool(Toolbox box) {
    super(
        ToolSpec.of("background_cancel", DESCRIPTION, inputSchema())
            .withTitle("Stop background tasks")
            .withOutputSchema(
                "{\"type\":\"object\",\"properties\":{\"stopped\":"
                    + TaskJson.schemaOfTasks()
                    + ",\"stopping\":"
                    + TaskJson.schemaOfTasks()
                    + ",\"already_over\":"
                    + TaskJson.schemaOfTasks()
                    + "},\"required\":[\"stopped\",\"stopping\",\"already_over\"]}")
            .withHints(ENDS),
        box);
  }

  private static String inputSchema() {
    return String.format(
        Locale.ROOT,
        """
        {"type":"object","properties":{
        "task_id":{"type":"string","description":"One task, by its id or its session's"},
        "task_ids":{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":%d,\
        "description":"Several"},
        "all":{"type":"boolean","description":"All of yours that are live"},
        "reason":{"type":"string","description":"Why; kept with the task"}},
        "additionalProperties":false}\
        """,
        MAX_REFS);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    List<String> refs = Refs.read(arguments);
    boolean all = arguments.flag("all");
    if (all == !refs.isEmpty()) {
      throw new BadArgument(
          all
              ? "Give 'all' or the tasks by id, not both."
              : "Say what to cancel: 'task_id', 'task_ids', or 'all' set to true.");
    }
    String reason = arguments.optionalText("reason", MAX_REASON_CHARS);
    return new Request() {
      @Override
      public Input input(long call) {
        return new Input.Cancel(call, caller, all ? null : refs, reason);
      }

      @Override
      public ToolResult result(Answer answer) {
        return ended((Answer.CancelEnded) answer);
      }
    };
  }

  private ToolResult ended(Answer.CancelEnded ended) {
    long now = box.now();
    ObjectNode json = box.json().newObject();
    TaskJson.write(json.putArray("stopped"), ended.stopped(), now);
    TaskJson.write(json.putArray("stopping"), ended.stopping(), now);
    TaskJson.write(json.putArray("already_over"), ended.alreadyOver(), now);
    StringBuilder text = new StringBuilder();
    section(text, "Stopped:", ended.stopped(), now);
    section(
        text,
        "Told to stop, but not seen to have stopped; they may still work:",
        ended.stopping(),
        now);
    section(text, "Had already ended; nothing was done:", ended.alreadyOver(), now);
    if (text.length() == 0) {
      text.append("You have no live background tasks; there was nothing to cancel.");
    }
    return ToolResult.of(text.toString().strip(), Json.text(json));
  }

  private void section(StringBuilder text, String title, List<View> views, long now) {
    if (!views.isEmpty()) {
      text.append(title).append('\n');
      views.forEach(view -> text.append(box.text().line(view, now)).append('\n'));
    }
  }
}
