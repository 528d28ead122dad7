package dev.sideline.host.connect;

import java.nio.file.Path;
import java.util.List;

/**
 * Codex. Servers are in a TOML file, hooks in a file of their own; a person has to allow each hook,
 * and to trust a project before its configuration is read.
 */
record Codex() implements AgentProgram {

  private static final int HOOK_SECONDS = 30;

  @Override
  public String name() {
    return "codex";
  }

  @Override
  public String title() {
    return "Codex";
  }

  @Override
  public Hold hold() {
    return Hold.SOCKET;
  }

  @Override
  public String written() {
    return "in .codex/config.toml, a server that is required and whose tools may be called without"
        + " asking; in .codex/hooks.json, a Stop hook that keeps an agent from ending while its"
        + " tasks run. With --user: in ~/.codex, or where $CODEX_HOME says";
  }

  @Override
  public List<String> next(Scope scope) {
    String allow =
        "Allow the Stop hook, now and whenever it has changed: codex asks at its next start, or"
            + " type /hooks there. Until then, an agent ends though its tasks run. Where nobody"
            + " can be asked, codex exec --dangerously-bypass-hook-trust runs all hooks there are.";
    return scope instanceof Scope.Project project
        ? List.of(
            "Start codex in " + project.directory() + "; what runs there already, start anew.",
            "It reads a project's configuration only if you trust the project: it asks at the first"
                + " start. Otherwise the tools are missing; connect codex --user works everywhere.",
            allow)
        : List.of("Start codex in any project; what runs already, start anew.", allow);
  }

  @Override
  public List<ConfigFile> files(Scope scope, ServerCommands commands) {
    FileContent config = new CodexConfig(commands);
    FileContent hooks =
        new JsonContent(
            JsonContent.EMPTY,
            List.of(
                new JsonHook(
                    "Stop",
                    HoldHook.of(commands, HOOK_SECONDS),
                    there -> HoldHook.isOurs(there, name()))));
    if (scope instanceof Scope.Project project) {
      return List.of(
          new ConfigFile(project.directory(), ".codex/config.toml", config),
          new ConfigFile(project.directory(), ".codex/hooks.json", hooks));
    }
    Path folder = ((Scope.User) scope).folder("CODEX_HOME", ".codex");
    return List.of(
        ConfigFile.ofUser(folder.resolve("config.toml"), config, 1),
        ConfigFile.ofUser(folder.resolve("hooks.json"), hooks, 1));
  }
}
