package dev.sideline.host.cli;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ModelRef;
import dev.sideline.api.TaskOperator.TaskReport;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.host.text.Characters;
import dev.sideline.host.text.Harmless;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task for a person or a script. Names of fields are those of the tools, and stay as they are.
 */
final class TaskFields {

  /** For {@link #line}. */
  static final String HEADING =
      String.format(
          Locale.ROOT,
          "%-29s  %-14s  %-16s  %-12s  %s",
          "ID",
          "STATUS",
          "CREATED",
          "AGENT",
          "ABOUT");

  private static final JsonMapper JSON = new JsonMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);
  private static final int AGENT_WIDTH = 12;
  private static final int ABOUT_WIDTH = 60;

  private TaskFields() {}

  /** On one line. */
  static String line(TaskSnapshot task) {
    return String.format(
        Locale.ROOT,
        "%-29s  %-14s  %-16s  %-12s  %s",
        Harmless.line(task.id()),
        name(task.status()),
        time(task.times().created()),
        Harmless.line(Characters.cut(task.agent(), AGENT_WIDTH)),
        Harmless.line(Characters.cut(task.description(), ABOUT_WIDTH)));
  }

  /** All of it, with what its agent was told and has said. */
  static String text(TaskReport report) {
    TaskSnapshot task = report.task();
    TaskSnapshot.Times times = task.times();
    StringBuilder text = new StringBuilder();
    add(text, "Task", task.id());
    add(text, "About", task.description());
    add(text, "Agent", task.agent() + model(task.model()));
    add(
        text,
        "Status",
        name(task.status()) + (task.reason() == null ? "" : ", " + name(task.reason())));
    add(text, "Detail", task.detail());
    add(text, "Launched by", "session " + task.parentSessionId());
    add(text, "Session", task.childSessionId());
    add(text, "Created", time(times.created()));
    add(text, "Started", times.started() == null ? null : time(times.started()));
    add(text, "Ended", times.ended() == null ? null : time(times.ended()) + took(times));
    add(text, "Tool calls", String.valueOf(task.toolCalls()));
    add(text, "Tokens", String.valueOf(task.usage().tokens()));
    text.append("\nPrompt:\n").append(Harmless.text(report.prompt())).append('\n');
    String output = report.output();
    if (output != null) {
      text.append("\nOutput");
      if (report.outputDropped() > 0) {
        text.append(", without the first ").append(report.outputDropped()).append(" characters");
      }
      text.append(":\n").append(Harmless.text(output)).append('\n');
    }
    return text.toString();
  }

  private static void add(StringBuilder text, String name, @Nullable String value) {
    if (value != null) {
      text.append(String.format(Locale.ROOT, "%-12s %s%n", name + ":", Harmless.line(value)));
    }
  }

  private static String took(TaskSnapshot.Times times) {
    Instant from = Objects.requireNonNullElse(times.started(), times.created());
    Instant to = Objects.requireNonNullElse(times.ended(), from);
    return ", after " + Duration.between(from, to).toSeconds() + " s";
  }

  private static String model(@Nullable ModelRef model) {
    return model == null ? "" : " with " + model;
  }

  private static String time(Instant time) {
    return TIME.format(time.atZone(ZoneId.systemDefault()));
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** A list of them. */
  static String json(Iterable<TaskSnapshot> tasks) {
    ArrayNode array = JSON.createArrayNode();
    tasks.forEach(task -> array.add(node(task)));
    return array.toString();
  }

  /** One with all that is kept of it, on one line. */
  static String json(TaskReport report) {
    return node(report.task())
        .put("prompt", report.prompt())
        .put("output", report.output())
        .put("output_dropped_chars", report.outputDropped())
        .toString();
  }

  private static ObjectNode node(TaskSnapshot task) {
    TaskSnapshot.Times times = task.times();
    ModelRef model = task.model();
    return JSON.createObjectNode()
        .put("task_id", task.id())
        .put("description", task.description())
        .put("agent", task.agent())
        .put("model", model == null ? null : model.toString())
        .put("status", name(task.status()))
        .put("reason", task.reason() == null ? null : name(task.reason()))
        .put("detail", task.detail())
        .put("parent_session", task.parentSessionId())
        .put("main_session", task.mainSessionId())
        .put("session", task.childSessionId())
        .put("created", times.created().toString())
        .put("started", text(times.started()))
        .put("ended", text(times.ended()))
        .put("tool_calls", task.toolCalls())
        .put("last_tool", task.lastTool())
        .put("tokens", task.usage().tokens())
        .put("cost_usd", task.usage().costUsd());
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
