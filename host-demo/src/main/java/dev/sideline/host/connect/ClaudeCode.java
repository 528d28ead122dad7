package dev.sideline.host.connect;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Claude Code. It keeps servers apart from other settings, asks before it starts a server that a
 * project brings along, and can call a tool when an agent is about to end.
 */
record ClaudeCode() implements AgentProgram {

  private static final String HOLD_TOOL = "background_hold";

  /** Its own state is in that file too, and grows. */
  private static final int STATE_MEBIBYTES = 16;

  @Override
  public String name() {
    return "claude";
  }

  @Override
  public String title() {
    return "Claude Code";
  }

  @Override
  public Hold hold() {
    return Hold.TOOL;
  }

  @Override
  public String written() {
    return "a server entry in .mcp.json, and in .claude/settings.local.json that the server may be"
        + " started, that its tools may be called, and a Stop hook that keeps an agent from ending"
        + " while its tasks run. With --user: in ~/.claude.json and ~/.claude/settings.json, or"
        + " where $CLAUDE_CONFIG_DIR says";
  }

  @Override
  public List<String> next(Scope scope) {
    return scope instanceof Scope.Project project
        ? List.of(
            "Start claude in " + project.directory() + "; what runs there already, start anew.",
            ".mcp.json now names paths of this machine; keep it out of what you share.")
        : List.of("Start claude in any project; what runs already, start anew.");
  }

  @Override
  public List<ConfigFile> files(Scope scope, ServerCommands commands) {
    List<JsonPart> settings = new ArrayList<>();
    if (scope instanceof Scope.Project) {
      settings.add(new JsonListed(JsonPointer.compile("/enabledMcpjsonServers"), ServerEntry.NAME));
    }
    settings.add(
        new JsonListed(JsonPointer.compile("/permissions/allow"), "mcp__" + ServerEntry.NAME));
    settings.add(new JsonHook("Stop", hook(), ClaudeCode::isOurHook));
    FileContent servers = new JsonContent(JsonContent.EMPTY, List.of(entry(commands)));
    FileContent rest = new JsonContent(JsonContent.EMPTY, settings);
    if (scope instanceof Scope.Project project) {
      return List.of(
          new ConfigFile(project.directory(), ".mcp.json", servers),
          new ConfigFile(project.directory(), ".claude/settings.local.json", rest));
    }
    Scope.User user = (Scope.User) scope;
    Path state = user.folder("CLAUDE_CONFIG_DIR", "").resolve(".claude.json");
    Path settingsFile = user.folder("CLAUDE_CONFIG_DIR", ".claude").resolve("settings.json");
    return List.of(
        ConfigFile.ofUser(state, servers, STATE_MEBIBYTES),
        ConfigFile.ofUser(settingsFile, rest, 1));
  }

  private static JsonPart entry(ServerCommands commands) {
    ObjectNode entry = ServerEntry.of(commands);
    entry.put("alwaysLoad", true); // Its agents would have to search for the tools otherwise.
    return new JsonEntry(ServerEntry.PLACE, entry, there -> ServerEntry.isOurs(there, "--hold"));
  }

  private static ObjectNode hook() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("type", "mcp_tool")
        .put("server", ServerEntry.NAME)
        .put("tool", HOLD_TOOL);
  }

  private static boolean isOurHook(JsonNode hook) {
    return hook.path("type").asText().equals("mcp_tool")
        && hook.path("server").asText().equals(ServerEntry.NAME)
        && hook.path("tool").asText().equals(HOLD_TOOL);
  }
}
