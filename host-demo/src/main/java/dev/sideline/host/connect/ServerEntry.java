package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** The entry of a tool server in a program's configuration, and whether it is one of ours. */
final class ServerEntry {

  /** Under which name programs know the tool server. */
  static final String NAME = "sideline";

  /** Where it stands with most programs. */
  static final JsonPointer PLACE = JsonPointer.compile("/mcpServers/" + NAME);

  private ServerEntry() {}

  /** Some names below each other, as a pointer. */
  static JsonPointer at(List<String> names) {
    JsonPointer place = JsonPointer.empty();
    for (String name : names) {
      place = place.appendProperty(name);
    }
    return place;
  }

  /** What most programs need of it: the command, its arguments, and a locale. */
  static ObjectNode of(ServerCommands commands) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("command", commands.program());
    commands.arguments().forEach(entry.putArray("args")::add);
    // Without a locale, Java cannot name folders that are not spelt in ASCII.
    entry.putObject("env").put("LC_ALL", "C.UTF-8");
    return entry;
  }

  /** The words that start it: one list, or a command and its arguments. */
  static List<String> words(JsonNode entry) {
    List<String> words = new ArrayList<>();
    add(words, entry.path("command"));
    add(words, entry.path("args"));
    return words;
  }

  private static void add(List<String> words, JsonNode there) {
    if (there.isTextual()) {
      words.add(there.textValue());
    }
    there.forEach(word -> words.add(word.asText()));
  }

  /** Whether 'connect' has written it for a program that starts it with an option. */
  static boolean isOurs(JsonNode entry, String option) {
    return words(entry).contains(option);
  }
}
