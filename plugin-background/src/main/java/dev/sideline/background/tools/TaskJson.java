package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.PendingRequest;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Dollars;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.text.Excerpt;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A task as JSON, the same in every tool. */
final class TaskJson {

  /** JSON Schema of what {@link #write} writes. */
  static final String SCHEMA = schemaWith("");

  /** JSON Schema of what {@link #write} writes, and of further properties. */
  static String schemaWith(String otherProperties) {
    return """
    {"type":"object","properties":{
    "task_id":{"type":"string"},"description":{"type":"string"},"agent":{"type":"string"},
    "model":{"type":"string"},"status":{"type":"string","enum":[%s]},
    "reason":{"type":"string","enum":[%s]},"detail":{"type":"string"},
    "session_id":{"type":"string"},"requested_by":{"type":"string"},
    "priority":{"type":"integer"},"after":{"type":"array","items":{"type":"string"}},
    "resumes":{"type":"string"},"adopted":{"type":"boolean"},
    "queue_position":{"type":"integer"},
    "limit":{"type":"object","properties":{"setting":{"type":"string"},\
    "value":{"type":"integer"},"of":{"type":"string"}},"required":["setting","value"],\
    "description":"What it waits for to start"},
    "notice_pending":{"type":"boolean","description":"Its session is still to be told of its end"},
    "elapsed_ms":{"type":"integer"},"last_activity_ms_ago":{"type":"integer"},
    "stalled":{"type":"boolean"},"next_try_ms":{"type":"integer","description":"In how long the model is tried again"},
    "waiting_for":{"type":"string"},
    "requests":{"type":"array","items":{"type":"object","properties":{\
    "request_id":{"type":"string"},"kind":{"type":"string","enum":["permission","question"]},\
    "text":{"type":"string"},"options":{"type":"array","items":{"type":"string"}}},\
    "required":["request_id","kind","text","options"]},\
    "description":"What it waits to have answered, by background_send"},
    "tool_calls":{"type":"integer"},"last_tool":{"type":"string"},
    "tokens":{"type":"integer"},"cost_usd":{"type":"number"}%s},
    "required":["task_id","description","agent","status","elapsed_ms","tool_calls","tokens",\
    "cost_usd"]}\
    """
        .formatted(
            names(Arrays.stream(TaskStatus.values()).map(TaskStatus::wireName).toList()),
            names(Arrays.stream(Outcome.Reason.values()).map(Outcome.Reason::wireName).toList()),
            otherProperties);
  }

  /** JSON Schema of a list of tasks. */
  static String schemaOfTasks() {
    return "{\"type\":\"array\",\"items\":" + SCHEMA + "}";
  }

  private static String names(List<String> words) {
    return words.stream().map(word -> '"' + word + '"').collect(Collectors.joining(","));
  }

  private static final int MAX_ASKED_CHARS = 4_000;

  private TaskJson() {}

  static void write(ArrayNode list, List<View> views, long nowMillis) {
    for (View view : views) {
      write(list.addObject(), view, nowMillis);
    }
  }

  static void write(ObjectNode json, View view, long nowMillis) {
    Task task = view.task();
    json.put("task_id", task.id().value());
    json.put("description", task.spec().description());
    json.put("agent", task.spec().agent());
    if (task.model() != null) {
      json.put("model", task.model().toString());
    }
    json.put("status", task.status().wireName());
    Outcome outcome = task.outcome();
    if (outcome != null) {
      json.put("reason", outcome.reason().wireName());
      put(json, "detail", outcome.detail());
    }
    put(json, "session_id", task.session());
    origin(json, task);
    queue(json, view);
    json.put("elapsed_ms", task.elapsedMillis(nowMillis));
    progress(json, task, nowMillis);
  }

  private static void origin(ObjectNode json, Task task) {
    put(json, "requested_by", task.options().requestedBy());
    if (task.options().priority() != 0) {
      json.put("priority", task.options().priority());
    }
    if (!task.provenance().after().isEmpty()) {
      ArrayNode after = json.putArray("after");
      task.provenance().after().forEach(id -> after.add(id.value()));
    }
    TaskId resumes = task.provenance().resumes();
    put(json, "resumes", resumes == null ? null : resumes.value());
    if (task.provenance().adopted()) {
      json.put("adopted", true);
    }
  }

  private static void queue(ObjectNode json, View view) {
    if (view.queuePosition() > 0) {
      json.put("queue_position", view.queuePosition());
    }
    Limit limit = view.limit();
    if (limit != null) {
      ObjectNode object = json.putObject("limit");
      object.put("setting", limit.setting());
      object.put("value", limit.value());
      put(object, "of", limit.of());
    }
    if (view.noticePending()) {
      json.put("notice_pending", true);
    }
  }

  private static void progress(ObjectNode json, Task task, long nowMillis) {
    Progress progress = task.progress();
    if (progress.lastActivityMillis() > 0) {
      json.put("last_activity_ms_ago", Math.max(0, nowMillis - progress.lastActivityMillis()));
    }
    json.put("tool_calls", progress.toolCalls());
    put(json, "last_tool", progress.lastTool());
    json.put("tokens", progress.usage().tokens());
    json.put("cost_usd", Dollars.of(progress.usage().costUsd()));
    if (task.status().terminal()) {
      return;
    }
    put(json, "waiting_for", progress.waitingFor());
    if (progress.stalled()) {
      json.put("stalled", true);
    }
    if (progress.nextTryMillis() > 0) {
      json.put("next_try_ms", Math.max(0, progress.nextTryMillis() - nowMillis));
    }
    if (!progress.requests().isEmpty()) {
      ArrayNode list = json.putArray("requests");
      progress.requests().forEach(request -> write(list.addObject(), request));
    }
  }

  static void write(ObjectNode json, PendingRequest request) {
    json.put("request_id", request.id());
    json.put("kind", request.kind().name().toLowerCase(Locale.ROOT));
    json.put("text", Excerpt.from(request.text(), 0, MAX_ASKED_CHARS).text());
    ArrayNode options = json.putArray("options");
    request.options().forEach(options::add);
  }

  private static void put(ObjectNode json, String name, @Nullable String value) {
    if (value != null) {
      json.put(name, value);
    }
  }
}
