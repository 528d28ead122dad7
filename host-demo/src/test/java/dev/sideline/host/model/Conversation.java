package dev.sideline.host.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program has told its model, the same for all formats.
 *
 * @param model the name of the one that is asked, without its provider
 * @param system the system prompt
 * @param said by users and tools, oldest first
 * @param tools that the model may call
 * @param streamed whether the program wants the answer piece by piece
 */
record Conversation(
    String model, String system, List<Said> said, List<OfferedTool> tools, boolean streamed) {

  enum Speaker {
    USER,
    TOOL
  }

  /** One text of a user, or one result of a tool. */
  record Said(Speaker speaker, String text) {

    static Said byUser(String text) {
      return new Said(Speaker.USER, text);
    }

    static Said byTool(String text) {
      return new Said(Speaker.TOOL, text);
    }
  }

  Conversation {
    said = List.copyOf(said);
    tools = List.copyOf(tools);
  }

  /** The text of what is a text, or a list of parts of which some have one. */
  static String textOf(JsonNode content) {
    if (!content.isArray()) {
      return content.asText("");
    }
    List<String> texts = new ArrayList<>();
    content.forEach(part -> texts.add(part.path("text").asText("")));
    return String.join("\n", texts);
  }
}
