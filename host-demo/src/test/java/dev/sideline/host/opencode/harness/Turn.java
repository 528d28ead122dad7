package dev.sideline.host.opencode.harness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One request to the model: the whole conversation so far, to be answered with one message.
 *
 * @param number counts all requests to the server, from 1
 * @param body the request as OpenCode sent it
 */
public record Turn(int number, JsonNode body) {

  /** The name of the model that is asked, without its provider. */
  public String model() {
    return body.path("model").asText();
  }

  /** The system prompt, of which the agent's own prompt is the beginning. */
  public String system() {
    return texts("system").stream().collect(Collectors.joining("\n"));
  }

  /** What users have said, oldest first. */
  public List<String> userTexts() {
    return texts("user");
  }

  /** The newest thing that a user has said; empty if nothing. */
  public String lastUser() {
    List<String> users = userTexts();
    return users.isEmpty() ? "" : users.get(users.size() - 1);
  }

  /** The results of tools since the newest user message, oldest first. */
  public List<String> toolResults() {
    List<String> results = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      if (role(message).equals("user")) {
        results.clear();
      } else if (role(message).equals("tool")) {
        results.add(text(message));
      }
    }
    return results;
  }

  /** Names of the tools that the model may call. */
  public List<String> toolNames() {
    List<String> names = new ArrayList<>();
    body.path("tools").forEach(tool -> names.add(tool.at("/function/name").asText()));
    return names;
  }

  /** Turns whose newest user message contains a text. */
  public static Predicate<Turn> lastUserContains(String text) {
    return turn -> turn.lastUser().contains(text);
  }

  /** Turns in conversations in which some user message contains a text. */
  public static Predicate<Turn> anyUserContains(String text) {
    return turn -> turn.userTexts().stream().anyMatch(said -> said.contains(text));
  }

  /** Turns of agents whose system prompt contains a text. */
  public static Predicate<Turn> systemContains(String text) {
    return turn -> turn.system().contains(text);
  }

  private List<String> texts(String role) {
    List<String> texts = new ArrayList<>();
    for (JsonNode message : body.path("messages")) {
      if (role(message).equals(role)) {
        texts.add(text(message));
      }
    }
    return texts;
  }

  private static String role(JsonNode message) {
    return message.path("role").asText();
  }

  private static String text(JsonNode message) {
    JsonNode content = message.path("content");
    if (!content.isArray()) {
      return content.asText("");
    }
    List<String> texts = new ArrayList<>();
    content.forEach(part -> texts.add(part.path("text").asText("")));
    return String.join("\n", texts);
  }
}
