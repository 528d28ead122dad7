package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/** Gemini CLI. Servers and hooks are in one file; its times are milliseconds. */
record GeminiCli() implements AgentProgram {

  private static final int CALL_MILLIS = 3_700_000; // An hour of waiting, and some room.
  private static final int HOOK_MILLIS = 30_000;

  @Override
  public String name() {
    return "gemini";
  }

  @Override
  public String title() {
    return "Gemini CLI";
  }

  @Override
  public Hold hold() {
    return Hold.SOCKET;
  }

  @Override
  public String written() {
    return "in .gemini/settings.json, a server entry whose tools may be called without asking, and"
        + " an AfterAgent hook that keeps an agent from ending while its tasks run. With --user: in"
        + " ~/.gemini/settings.json, or where $GEMINI_CLI_HOME says";
  }

  @Override
  public List<String> next(Scope scope) {
    return scope instanceof Scope.Project project
        ? List.of(
            "Start gemini in " + project.directory() + "; what runs there already, start anew.",
            "It reads a project's settings only in a folder that you trust: it asks at the first"
                + " start. Without a person at it, set GEMINI_CLI_TRUST_WORKSPACE=true;"
                + " --skip-trust alone leaves the project's settings out.")
        : List.of("Start gemini in any project; what runs already, start anew.");
  }

  @Override
  public List<ConfigFile> files(Scope scope, ServerCommands commands) {
    ObjectNode entry = ServerEntry.of(commands);
    entry.put("trust", true);
    entry.put("timeout", CALL_MILLIS);
    ObjectNode hook = HoldHook.of(commands, HOOK_MILLIS);
    FileContent settings =
        new JsonContent(
            JsonContent.EMPTY,
            List.of(
                new JsonEntry(
                    ServerEntry.PLACE, entry, there -> ServerEntry.isOurs(there, "--hold")),
                new JsonHook("AfterAgent", hook, there -> HoldHook.isOurs(there, name()))));
    if (scope instanceof Scope.Project project) {
      return List.of(new ConfigFile(project.directory(), ".gemini/settings.json", settings));
    }
    Path home = ((Scope.User) scope).folder("GEMINI_CLI_HOME", "");
    return List.of(ConfigFile.ofUser(home.resolve(".gemini/settings.json"), settings, 1));
  }
}
