package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.regex.Pattern;

/** The hook of a program that runs a command when an agent is about to end. */
final class HoldHook {

  private HoldHook() {}

  /** The hook; its time is in the unit of the program. */
  static ObjectNode of(ServerCommands commands, int timeout) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("name", ServerEntry.NAME)
        .put("type", "command")
        .put("command", line(commands))
        .put("timeout", timeout);
  }

  /** Without a locale, Java cannot name folders that are not spelt in ASCII. */
  static String line(ServerCommands commands) {
    return "LC_ALL=C.UTF-8 " + ShellWords.line(commands.hold());
  }

  /** Whether 'connect' has written a hook for a program, whoever has laid it out anew since. */
  static boolean isOurs(JsonNode hook, String program) {
    return Pattern.compile("\\bhold --program " + program + "\\b")
        .matcher(hook.path("command").asText())
        .find();
  }
}
