package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import java.util.List;

/** A task as JSON, the same in every tool. */
final class TaskJson {

  /** JSON Schema of what {@link #write} writes. */
  static final String SCHEMA =
      """
      {"type":"object","properties":{
      "task_id":{"type":"string"},"description":{"type":"string"},"agent":{"type":"string"},
      "status":{"type":"string","enum":["pending","starting","running","retrying","input_required",\
      "cancelling","completed","failed","cancelled"]},
      "reason":{"type":"string"},"detail":{"type":"string"},"session_id":{"type":"string"},
      "queue_position":{"type":"integer"},"elapsed_ms":{"type":"integer"},
      "last_activity_ms_ago":{"type":"integer"},"tool_calls":{"type":"integer"},
      "last_tool":{"type":"string"},"waiting_for":{"type":"string"},"tokens":{"type":"integer"},
      "cost_usd":{"type":"number"},"output":{"type":"string"},"output_from":{"type":"integer"},
      "output_to":{"type":"integer"},"output_total":{"type":"integer"}},
      "required":["task_id","description","agent","status","elapsed_ms","tool_calls","tokens",\
      "cost_usd"]}\
      """;

  /** JSON Schema of an object with a list of tasks and other properties. */
  static String schemaOfList(String name, String otherProperties) {
    return "{\"type\":\"object\",\"properties\":{\""
        + name
        + "\":{\"type\":\"array\",\"items\":"
        + SCHEMA
        + "}"
        + otherProperties
        + "},\"required\":[\""
        + name
        + "\"]}";
  }

  private TaskJson() {}

  static void write(ArrayNode list, List<View> views, long nowMillis) {
    for (View view : views) {
      write(list.addObject(), view, nowMillis);
    }
  }

  static void write(ObjectNode json, View view, long nowMillis) {
    Task task = view.task();
    json.put("task_id", task.id().value());
    json.put("description", task.assignment().description());
    json.put("agent", task.assignment().agent());
    json.put("status", task.status().wireName());
    Outcome outcome = task.outcome();
    if (outcome != null) {
      json.put("reason", outcome.reason().wireName());
      if (outcome.detail() != null) {
        json.put("detail", outcome.detail());
      }
    }
    if (task.session() != null) {
      json.put("session_id", task.session());
    }
    if (view.queuePosition() > 0) {
      json.put("queue_position", view.queuePosition());
    }
    json.put("elapsed_ms", task.elapsedMillis(nowMillis));
    progress(json, task.progress(), nowMillis);
  }

  private static void progress(ObjectNode json, Progress progress, long nowMillis) {
    if (progress.lastActivityMillis() > 0) {
      json.put("last_activity_ms_ago", Math.max(0, nowMillis - progress.lastActivityMillis()));
    }
    json.put("tool_calls", progress.toolCalls());
    if (progress.lastTool() != null) {
      json.put("last_tool", progress.lastTool());
    }
    if (progress.waitingFor() != null) {
      json.put("waiting_for", progress.waitingFor());
    }
    json.put("tokens", progress.usage().tokens());
    json.put("cost_usd", progress.usage().costUsd());
  }
}
