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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The tour's agent: a session that calls tools and is told things. No call of it waits for ever.
 */
final class Conversation {

  private static final JsonMapper JSON = new JsonMapper();

  private final String sessionId;
  private final SessionClient sessions;
  private final List<Tool> tools;
  private final Duration bound;

  /**
   * @param bound for the answer to each call
   */
  Conversation(String sessionId, SessionClient sessions, List<Tool> tools, Duration bound) {
    this.sessionId = sessionId;
    this.sessions = sessions;
    this.tools = tools;
    this.bound = bound;
  }

  /** Calls a tool. */
  ToolResult call(String name, Map<String, ?> arguments) {
    Tool tool =
        tools.stream()
            .filter(candidate -> candidate.spec().name().equals(name))
            .findFirst()
            .orElseThrow(() -> new TourFailedException("no plugin offers the tool " + name));
    ObjectNode json = JSON.valueToTree(arguments);
    ToolResult result = answer(name, tool.call(ToolCall.of(sessionId, json.toString())));
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
      throw new TourFailedException(name + " gave an answer that is not JSON", e);
    }
  }

  /** Its tasks, in the order of the list. */
  List<TaskRow> tasks() {
    return TaskRow.of(ask("background_list", Map.of()));
  }

  /** What it was told, newest first. */
  List<String> told() {
    return answer("the session", sessions.messages(sessionId, 20)).stream()
        .filter(message -> message.role() == Message.Role.USER)
        .map(Message::text)
        .toList();
  }

  private <T> T answer(String who, CompletionStage<T> call) {
    try {
      return call.toCompletableFuture().get(bound.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new TourFailedException(who + " gave no answer within " + bound.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new TourFailedException(who + " failed: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TourFailedException("it was interrupted", e);
    }
  }
}
