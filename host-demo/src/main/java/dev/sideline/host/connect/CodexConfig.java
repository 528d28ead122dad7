package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.host.connect.TomlStatements.Statement;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Codex' configuration, with our tool server among its tables, and our hook if it is kept here.
 *
 * @param commands that it is given
 * @param withHook whether the hook has to be here; otherwise it must not
 */
record CodexConfig(ServerCommands commands, boolean withHook) implements FileContent {

  private static final String COMMENT =
      "# Written by \"sideline connect codex\"; --remove takes it away.";

  private static final String SERVERS = "mcp_servers";
  private static final List<String> TABLE = List.of(SERVERS, ServerEntry.NAME);

  private static final int START_SECONDS = 30;
  private static final int CALL_SECONDS = 3_700; // An hour of waiting, and some room.

  @Override
  public String connected(@Nullable String text) throws RefusedException {
    TomlText config = parsed(text == null ? "" : text);
    ObjectNode there = config.tree();
    refuseForeign(there);
    ObjectNode wanted = ours();
    if (text != null && isIn(there, wanted)) {
      return text;
    }
    try {
      TomlText rest = without(config);
      ObjectNode expected = rest.tree();
      expected.withObjectProperty(SERVERS).set(ServerEntry.NAME, entry(wanted));
      if (withHook) {
        CodexHooks.add(expected, wanted);
      }
      return rest.with(tables(), expected).text();
    } catch (IllegalStateException e) {
      throw toBeDoneByHand("this has to be added to it by hand:\n" + tables(), e);
    }
  }

  @Override
  public @Nullable String disconnected(String text, @Nullable Before before)
      throws RefusedException {
    TomlText config = parsed(text);
    refuseForeign(config.tree());
    try {
      TomlText rest = without(config);
      if (rest == config) {
        return text;
      }
      boolean mayGo = before == null || before.text() == null;
      return mayGo && rest.isBlank() ? null : rest.text();
    } catch (IllegalStateException e) {
      throw toBeDoneByHand(
          "what is called "
              + String.join(".", TABLE)
              + ", and a Stop hook that runs 'hold', has to be taken out of it by hand",
          e);
    }
  }

  @Override
  public List<String> serverIn(String text) throws RefusedException {
    ObjectNode there = parsed(text).tree();
    refuseForeign(there);
    return ServerEntry.words(entry(there)).stream().map(TomlText::inPairs).toList();
  }

  /** Whether somebody keeps hooks in a configuration. */
  static boolean hasHooks(String text) throws RefusedException {
    return CodexHooks.areIn(parsed(text).tree());
  }

  private boolean isIn(ObjectNode there, ObjectNode wanted) {
    return entry(there).equals(entry(wanted))
        && CodexHooks.oursIn(there).equals(CodexHooks.oursIn(wanted));
  }

  private static TomlText without(TomlText config) {
    ObjectNode expected = config.tree();
    List<Statement> statements = TomlStatements.of(config.bare());
    Set<Statement> gone = CodexHooks.statements(expected, statements);
    CodexHooks.removeFrom(expected);
    if (expected.path(SERVERS) instanceof ObjectNode servers && servers.has(ServerEntry.NAME)) {
      servers.remove(ServerEntry.NAME);
      statements.stream().filter(statement -> statement.isAbout(TABLE)).forEach(gone::add);
      boolean headerStays =
          statements.stream().anyMatch(statement -> statement.path().equals(List.of(SERVERS)));
      if (servers.isEmpty() && !headerStays) {
        expected.remove(SERVERS);
      }
    }
    return expected.equals(config.tree()) ? config : config.without(gone, COMMENT, expected);
  }

  private static void refuseForeign(ObjectNode tree) throws RefusedException {
    JsonNode servers = tree.path(SERVERS);
    if (!servers.isMissingNode() && !servers.isObject()) {
      throw new RefusedException("\"" + SERVERS + "\" must be a table and is not");
    }
    JsonNode there = entry(tree);
    if (!there.isMissingNode() && !ServerEntry.isOurs(there, "--hold")) {
      throw new RefusedException(
          "there is already an MCP server named \""
              + ServerEntry.NAME
              + "\" that was not written by 'connect'; rename or remove it first");
    }
  }

  private static JsonNode entry(ObjectNode tree) {
    return tree.path(SERVERS).path(ServerEntry.NAME);
  }

  private String tables() {
    StringBuilder table = new StringBuilder(COMMENT).append("\n[");
    table.append(String.join(".", TABLE)).append("]\n");
    table.append("command = ").append(TomlText.quoted(commands.program())).append("\nargs = [\n");
    for (String argument : commands.arguments()) {
      table.append("  ").append(TomlText.quoted(argument)).append(",\n");
    }
    // Without a locale, Java cannot name folders that are not spelt in ASCII.
    table.append("]\nenv = { LC_ALL = \"C.UTF-8\" }\n");
    // Where its threads are, which 'codex queue' has to find; it passes on but a few variables.
    table.append("env_vars = [\"CODEX_HOME\"]\n");
    // It would start without the tools where the server takes a second.
    table.append("required = true\n");
    table.append("startup_timeout_sec = ").append(START_SECONDS).append('\n');
    table.append("tool_timeout_sec = ").append(CALL_SECONDS).append('\n');
    table.append("default_tools_approval_mode = \"approve\"\n");
    if (withHook) {
      table.append('\n').append(COMMENT).append('\n');
      table.append(CodexHooks.tables(HoldHook.line(commands), Codex.HOOK_SECONDS));
    }
    return table.toString();
  }

  private ObjectNode ours() {
    try {
      return TomlText.of(tables()).tree();
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
