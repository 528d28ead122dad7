package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One request to the model: the whole conversation so far, to be answered with one message.
 *
 * @param number counts all requests to the server, from 1
 * @param text the request's body as the program sent it, byte for byte
 * @param body the same, parsed
 * @param conversation what it says
 */
public record Turn(int number, String text, JsonNode body, Conversation conversation) {

  /** The name of the model that is asked, without its provider. */
  public String model() {
    return conversation.model();
  }

  /** The system prompt, of which the agent's own prompt is the beginning. */
  public String system() {
    return conversation.system();
  }

  /** What users have said, oldest first. */
  public List<String> userTexts() {
    return conversation.said().stream()
        .filter(said -> said.speaker() == Conversation.Speaker.USER)
        .map(Conversation.Said::text)
        .toList();
  }

  /** The newest thing that a user has said; empty if nothing. */
  public String lastUser() {
    List<String> users = userTexts();
    return users.isEmpty() ? "" : users.get(users.size() - 1);
  }

  /** The results of tools since the newest user message, oldest first. */
  public List<String> toolResults() {
    List<String> results = new ArrayList<>();
    for (Conversation.Said said : conversation.said()) {
      if (said.speaker() == Conversation.Speaker.USER) {
        results.clear();
      } else {
        results.add(said.text());
      }
    }
    return results;
  }

  /**
   * The results of tools in all of the conversation, oldest first. Some programs put reminders of
   * their own beside a result, which look like a user's words.
   */
  public List<String> allToolResults() {
    return conversation.said().stream()
        .filter(said -> said.speaker() == Conversation.Speaker.TOOL)
        .map(Conversation.Said::text)
        .toList();
  }

  /** The tools that the model may call. */
  public List<OfferedTool> tools() {
    return conversation.tools();
  }

  /** Names of the tools that the model may call. */
  public List<String> toolNames() {
    return tools().stream().map(OfferedTool::name).toList();
  }

  /** The tool whose name ends so, whatever the program puts before it. */
  public Optional<OfferedTool> tool(String end) {
    return tools().stream().filter(tool -> tool.name().endsWith(end)).findFirst();
  }

  /** Whether the program wants the answer piece by piece. */
  boolean streamed() {
    return conversation.streamed();
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
}
