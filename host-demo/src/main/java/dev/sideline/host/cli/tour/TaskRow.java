package dev.sideline.host.cli.tour;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.host.text.Harmless;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A task as {@code background_list} tells of it.
 *
 * @param lastTool empty if it has used none
 * @param reason empty while it is live
 */
record TaskRow(
    String id,
    String description,
    String agent,
    String status,
    String reason,
    long elapsedMillis,
    int toolCalls,
    String lastTool) {

  private static final Set<String> OVER = Set.of("completed", "failed", "cancelled");

  /** The tasks of an answer, in its order. */
  static List<TaskRow> of(JsonNode answer) {
    List<TaskRow> rows = new ArrayList<>();
    for (JsonNode task : answer.path("tasks")) {
      rows.add(
          new TaskRow(
              shown(task, "task_id"),
              shown(task, "description"),
              shown(task, "agent"),
              shown(task, "status"),
              shown(task, "reason"),
              task.path("elapsed_ms").asLong(),
              task.path("tool_calls").asInt(),
              shown(task, "last_tool")));
    }
    return rows;
  }

  private static String shown(JsonNode task, String field) {
    return Harmless.line(task.path(field).asText(""));
  }

  boolean over() {
    return OVER.contains(status);
  }

  Style style() {
    return switch (status) {
      case "completed" -> Style.GOOD;
      case "failed" -> Style.BAD;
      case "cancelled", "cancelling" -> Style.STOPPED;
      case "pending", "starting" -> Style.FAINT;
      default -> Style.BUSY;
    };
  }

  String elapsed() {
    return String.format(Locale.ROOT, "%.1f s", elapsedMillis / 1_000.0);
  }

  /** What it has done so far, in a few words, fewer if there is little room. */
  String progress(int width) {
    if (toolCalls == 0) {
      return "";
    }
    String calls = toolCalls == 1 ? "1 tool call" : toolCalls + " tool calls";
    String full = lastTool.isEmpty() || over() ? calls : calls + ", now " + lastTool;
    return full.length() <= width ? full : calls;
  }
}
