package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codex' configuration, with our tool server among its tables.
 *
 * @param commands that it is given
 */
record CodexConfig(ServerCommands commands) implements FileContent {

  private static final String COMMENT =
      "# Written by \"sideline connect codex\"; --remove takes it away.";

  private static final String SERVERS = "mcp_servers";
  private static final List<String> TABLE = List.of(SERVERS, ServerEntry.NAME);

  private static final int START_SECONDS = 30;
  private static final int CALL_SECONDS = 3_700; // An hour of waiting, and some room.

  @Override
  public String connected(@Nullable String text) throws RefusedException {
    TomlText config = parsed(text == null ? "" : text);
    ObjectNode wanted = tree(table());
    ObjectNode expected = config.tree();
    JsonNode there = ourEntry(expected);
    if (there.equals(wanted.at(ServerEntry.at(TABLE))) && text != null) {
      return text;
    }
    try {
      TomlText rest = there.isMissingNode() ? config : without(config);
      expected.withObjectProperty(SERVERS).set(ServerEntry.NAME, wanted.at(ServerEntry.at(TABLE)));
      return rest.with(table(), expected).text();
    } catch (IllegalStateException e) {
      throw toBeDoneByHand("this has to be added to it by hand:\n" + table(), e);
    }
  }

  @Override
  public @Nullable String disconnected(String text, @Nullable Before before)
      throws RefusedException {
    TomlText config = parsed(text);
    if (ourEntry(config.tree()).isMissingNode()) {
      return text;
    }
    try {
      TomlText rest = without(config);
      boolean mayGo = before == null || before.text() == null;
      return mayGo && rest.isBlank() ? null : rest.text();
    } catch (IllegalStateException e) {
      throw toBeDoneByHand(
          "what is called " + String.join(".", TABLE) + " has to be taken out of it by hand", e);
    }
  }

  @Override
  public List<String> serverIn(String text) throws RefusedException {
    return ServerEntry.words(ourEntry(parsed(text).tree()));
  }

  private static TomlText without(TomlText config) {
    ObjectNode expected = config.tree();
    ObjectNode servers = (ObjectNode) expected.get(SERVERS);
    servers.remove(ServerEntry.NAME);
    boolean headerStays =
        TomlStatements.of(config.bare()).stream()
            .anyMatch(statement -> statement.path().equals(List.of(SERVERS)));
    if (servers.isEmpty() && !headerStays) {
      expected.remove(SERVERS);
    }
    return config.without(statement -> statement.isAbout(TABLE), COMMENT, expected);
  }

  private static JsonNode ourEntry(ObjectNode tree) throws RefusedException {
    JsonNode servers = tree.path(SERVERS);
    if (!servers.isMissingNode() && !servers.isObject()) {
      throw new RefusedException("\"" + SERVERS + "\" must be a table and is not");
    }
    JsonNode there = servers.path(ServerEntry.NAME);
    if (!there.isMissingNode() && !ServerEntry.isOurs(there, "--hold")) {
      throw new RefusedException(
          "there is already an MCP server named \""
              + ServerEntry.NAME
              + "\" that was not written by 'connect'; rename or remove it first");
    }
    return there;
  }

  private String table() {
    StringBuilder table = new StringBuilder(COMMENT).append("\n[");
    table.append(String.join(".", TABLE)).append("]\n");
    table.append("command = ").append(TomlText.quoted(commands.program())).append("\nargs = [\n");
    for (String argument : commands.arguments()) {
      table.append("  ").append(TomlText.quoted(argument)).append(",\n");
    }
    // Without a locale, Java cannot name folders that are not spelt in ASCII.
    table.append("]\nenv = { LC_ALL = \"C.UTF-8\" }\n");
    // It would start without the tools where the server takes a second.
    table.append("required = true\n");
    table.append("startup_timeout_sec = ").append(START_SECONDS).append('\n');
    table.append("tool_timeout_sec = ").append(CALL_SECONDS).append('\n');
    return table.append("default_tools_approval_mode = \"approve\"\n").toString();
  }

  private static ObjectNode tree(String toml) {
    try {
      return TomlText.of(toml).tree();
    } catch (IOException e) {
      throw new IllegalStateException("what is written is TOML", e);
    }
  }

  private static TomlText parsed(String text) throws RefusedException {
    try {
      return TomlText.of(text);
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new RefusedException("it could not be read, so it is left as it is: " + why, e);
    }
  }

  private static RefusedException toBeDoneByHand(String what, IllegalStateException cause) {
    return new RefusedException(
        "it could not be edited safely (" + cause.getMessage() + "); " + what, cause);
  }
}
