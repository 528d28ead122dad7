package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.TaskStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** {@code background_list}: lists the caller's tasks. */
final class ListTool extends BackgroundTool {

  private static final int DEFAULT_LIMIT = 20;
  private static final int MAX_LIMIT = 200;
  private static final List<String> STATUSES =
      Arrays.stream(TaskStatus.values()).map(TaskStatus::wireName).toList();

  private static final String DESCRIPTION =
      """
      List your background tasks, and those that they have launched, newest first: id, status, \
      elapsed time, agent, description, progress, what they wait for, and whether you are still to \
      be told of their end.\
      """;

  ListTool(Toolbox box) {
    super(
        ToolSpec.of("background_list", DESCRIPTION, inputSchema())
            .withTitle("List background tasks")
            .withOutputSchema(
                "{\"type\":\"object\",\"properties\":{\"tasks\":"
                    + TaskJson.schemaOfTasks()
                    + ",\"total\":{\"type\":\"integer\"}},\"required\":[\"tasks\",\"total\"]}")
            .withHints(READS),
        box);
  }

  private static String inputSchema() {
    return String.format(
        Locale.ROOT,
        """
        {"type":"object","properties":{
        "status":{"type":"string","enum":[%1$s],"description":"Only tasks in this state; all if left out"},
        "limit":{"type":"integer","minimum":1,"maximum":%2$d,"default":%3$d,\
        "description":"How many to list at most; %3$d if left out, %2$d at most"}},
        "additionalProperties":false}\
        """,
        STATUSES.stream().map(name -> '"' + name + '"').collect(Collectors.joining(",")),
        MAX_LIMIT,
        DEFAULT_LIMIT);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    String status = arguments.choice("status", STATUSES);
    int limit = arguments.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    return new Request() {
      @Override
      public Input input(long call) {
        return new Input.ListTasks(
            call,
            caller,
            status == null ? null : TaskStatus.valueOf(status.toUpperCase(Locale.ROOT)),
            limit);
      }

      @Override
      public ToolResult result(Answer answer) {
        return listed((Answer.Listed) answer, status);
      }
    };
  }

  private ToolResult listed(Answer.Listed listed, @Nullable String status) {
    long now = box.now();
    ObjectNode json = box.json().newObject();
    TaskJson.write(json.putArray("tasks"), listed.tasks(), now);
    json.put("total", listed.total());
    if (listed.tasks().isEmpty()) {
      return ToolResult.of(
          status == null ? "You have no background tasks." : "No task of yours is " + status + ".",
          Json.text(json));
    }
    StringBuilder text = new StringBuilder();
    listed.tasks().forEach(view -> text.append(box.text().line(view, now)).append('\n'));
    int more = listed.total() - listed.tasks().size();
    if (more > 0) {
      text.append("and ").append(more).append(" older; raise 'limit' or give a 'status'\n");
    }
    return ToolResult.of(text.toString().strip(), Json.text(json));
  }
}
