package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;

/**
 * Qwen Code. Servers and hooks are in one file; a call's time is in milliseconds, a hook's in
 * seconds.
 */
record QwenCode() implements AgentProgram {

  private static final int CALL_MILLIS = 3_700_000; // An hour of waiting, and some room.
  private static final int HOOK_SECONDS = 30;

  @Override
  public String name() {
    return "qwen";
  }

  @Override
  public String title() {
    return "Qwen Code";
  }

  @Override
  public Hold hold() {
    return Hold.SOCKET;
  }

  @Override
  public String written() {
    return "in .qwen/settings.json, a server entry whose tools may be called without asking, and a"
        + " Stop hook that keeps an agent from ending while its tasks run. With --user: in"
        + " ~/.qwen/settings.json, or where $QWEN_HOME says";
  }

  @Override
  public List<String> next(Scope scope) {
    return scope instanceof Scope.Project project
        ? List.of(
            "Allow it to start the server, now and whenever the entry has changed: qwen mcp"
                + " approve sideline, in "
                + project.directory()
                + ".",
            "Start qwen there; what runs there already, start anew.")
        : List.of("Start qwen in any project; what runs already, start anew.");
  }

  @Override
  public List<ConfigFile> files(Scope scope, ServerCommands commands) {
    ObjectNode entry = ServerEntry.of(commands);
    entry.put("trust", true);
    entry.put("timeout", CALL_MILLIS);
    entry.put("alwaysLoadTools", true); // Its agents would have to search for the tools otherwise.
    ObjectNode hook = HoldHook.of(commands, HOOK_SECONDS);
    FileContent settings =
        new JsonContent(
            JsonContent.EMPTY,
            List.of(
                new JsonEntry(
                    ServerEntry.PLACE, entry, there -> ServerEntry.isOurs(there, "--hold")),
                new JsonHook("Stop", hook, there -> HoldHook.isOurs(there, name()))));
    if (scope instanceof Scope.Project project) {
      return List.of(new ConfigFile(project.directory(), ".qwen/settings.json", settings));
    }
    Path folder = ((Scope.User) scope).folder("QWEN_HOME", ".qwen");
    return List.of(ConfigFile.ofUser(folder.resolve("settings.json"), settings, 1));
  }
}
