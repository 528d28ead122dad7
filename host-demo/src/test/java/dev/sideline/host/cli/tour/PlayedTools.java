package dev.sideline.host.cli.tour;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Prompt;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.api.testing.RecordingSessionClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Tools whose quick tasks are over at once and whose others are when one has been cancelled. */
final class PlayedTools {

  /** A task. */
  record Task(String id, String agent, String description) {}

  private static final JsonMapper JSON = new JsonMapper();

  private final String sessionId;
  private final RecordingSessionClient sessions;
  private final Consumer<List<Task>> order;
  private final List<Task> tasks = new ArrayList<>();
  private final List<String> cancelled = new ArrayList<>();
  private final List<String> read = new ArrayList<>();
  private final Set<String> unanswered = new HashSet<>();
  private String words = "Done";

  /**
   * @param order brings a list into the order in which it is answered
   */
  PlayedTools(String sessionId, RecordingSessionClient sessions, Consumer<List<Task>> order) {
    this.sessionId = sessionId;
    this.sessions = sessions;
    this.order = order;
    sessions.addSession(sessionId);
  }

  void neverAnswer(String name) {
    unanswered.add(name);
  }

  /** What a task answers. */
  void answer(String text) {
    words = text;
  }

  /** The descriptions of the tasks that were cancelled. */
  List<String> cancelled() {
    return cancelled;
  }

  /** The descriptions of the tasks whose output was read. */
  List<String> read() {
    return read;
  }

  List<Tool> all() {
    return List.of(
        tool("background_task", this::launch),
        tool("background_list", arguments -> list()),
        tool("background_output", arguments -> note(arguments, read)),
        tool("background_cancel", this::cancel));
  }

  private ToolResult launch(JsonNode arguments) {
    Task task =
        new Task(
            "bg_" + tasks.size(),
            arguments.path("agent").asText(),
            arguments.path("description").asText());
    tasks.add(task);
    return ToolResult.of("Launched", JSON.createObjectNode().put("task_id", task.id()).toString());
  }

  private ToolResult list() {
    ObjectNode answer = JSON.createObjectNode();
    List<Task> listed = new ArrayList<>(tasks);
    order.accept(listed);
    for (Task task : listed) {
      answer
          .withArray("tasks")
          .addObject()
          .put("task_id", task.id())
          .put("agent", task.agent())
          .put("description", task.description())
          .put("status", status(task));
    }
    return ToolResult.of("Tasks", answer.toString());
  }

  private String status(Task task) {
    if (cancelled.contains(task.description())) {
      return "cancelled";
    }
    return task.agent().equals("slow") && cancelled.isEmpty() ? "running" : "completed";
  }

  private ToolResult cancel(JsonNode arguments) {
    ToolResult result = note(arguments, cancelled);
    String all = tasks.stream().map(Task::id).collect(Collectors.joining(" "));
    sessions
        .prompt(
            new Prompt(
                sessionId, sessions.newMessageId(), all, null, null, null, Set.of(), false, null))
        .toCompletableFuture()
        .join();
    return result;
  }

  private ToolResult note(JsonNode arguments, List<String> descriptions) {
    String id = arguments.path("task_id").asText();
    tasks.stream()
        .filter(task -> task.id().equals(id))
        .map(Task::description)
        .forEach(descriptions::add);
    return ToolResult.of(words, null);
  }

  private Tool tool(String name, Function<JsonNode, ToolResult> behaviour) {
    ToolSpec spec = ToolSpec.of(name, name, "{}");
    return new Tool() {
      @Override
      public ToolSpec spec() {
        return spec;
      }

      @Override
      public CompletionStage<ToolResult> call(ToolCall call) {
        return unanswered.contains(name)
            ? new CompletableFuture<>()
            : CompletableFuture.completedFuture(behaviour.apply(json(call.arguments())));
      }
    };
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
