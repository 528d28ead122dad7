package dev.sideline.host.cli.tour;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.Message;
import dev.sideline.api.SessionClient;
import dev.sideline.api.Tool;
import dev.sideline.api.ToolCall;
import dev.sideline.api.ToolResult;
import java.util.List;
import java.util.Map;

/** The tour's agent: a session that calls tools and is told things. */
final class Conversation {

  private static final JsonMapper JSON = new JsonMapper();

  private final String sessionId;
  private final SessionClient sessions;
  private final List<Tool> tools;

  Conversation(String sessionId, SessionClient sessions, List<Tool> tools) {
    this.sessionId = sessionId;
    this.sessions = sessions;
    this.tools = tools;
  }

  /** Calls a tool. */
  ToolResult call(String name, Map<String, ?> arguments) {
    Tool tool =
        tools.stream()
            .filter(candidate -> candidate.spec().name().equals(name))
            .findFirst()
            .orElseThrow(() -> new TourFailedException("no plugin offers the tool " + name));
    ObjectNode json = JSON.valueToTree(arguments);
    ToolResult result =
        tool.call(ToolCall.of(sessionId, json.toString())).toCompletableFuture().join();
    if (result.error()) {
      throw new TourFailedException(name + " refused: " + result.text());
    }
    return result;
  }

  /** Calls a tool for its structured answer. */
  JsonNode ask(String name, Map<String, ?> arguments) {
    String structured = call(name, arguments).structured();
    try {
      return structured == null ? JSON.createObjectNode() : JSON.readTree(structured);
    } catch (JsonProcessingException e) {
      throw new TourFailedException(name + " gave an answer that is not JSON");
    }
  }

  /** Its tasks, oldest first. */
  List<TaskRow> tasks() {
    return TaskRow.of(ask("background_list", Map.of()));
  }

  /** What it was told, newest first. */
  List<String> told() {
    return sessions.messages(sessionId, 20).toCompletableFuture().join().stream()
        .filter(message -> message.role() == Message.Role.USER)
        .map(Message::text)
        .toList();
  }
}
