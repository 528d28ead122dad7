package dev.sideline.host.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;

/**
 * Codex. Servers are in a TOML file, hooks in a file of their own; a person has to allow each hook,
 * and to trust a project before its configuration is read.
 */
record Codex() implements AgentProgram {

  static final String NAME = "codex";
  static final int HOOK_SECONDS = 30;

  @Override
  public String name() {
    return NAME;
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
  public boolean canBeWoken() {
    return true;
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

  /** Codex complains if there are hooks in both files, so ours stands where others do if it can. */
  @Override
  public List<ConfigFile> files(Scope scope, ServerCommands commands) {
    ConfigFile hooks = file(scope, "hooks.json", hooks(commands));
    ConfigFile config = file(scope, "config.toml", new CodexConfig(commands, false));
    CodexConfig withHook = new CodexConfig(commands, true);
    return isThere(hooks) || !hasRoomAmongHooks(config, withHook)
        ? List.of(config, hooks)
        : List.of(file(scope, "config.toml", withHook));
  }

  private static ConfigFile file(Scope scope, String name, FileContent content) {
    if (scope instanceof Scope.Project project) {
      return new ConfigFile(project.directory(), ".codex/" + name, content);
    }
    Path folder = ((Scope.User) scope).folder("CODEX_HOME", ".codex");
    return ConfigFile.ofUser(folder.resolve(name), content, 1);
  }

  private static FileContent hooks(ServerCommands commands) {
    ObjectNode hook = HoldHook.of(commands, HOOK_SECONDS);
    return new JsonContent(
        JsonContent.EMPTY,
        List.of(new JsonHook("Stop", hook, there -> HoldHook.isOurs(there, NAME))));
  }

  private static boolean isThere(ConfigFile file) {
    return Files.exists(file.root().resolve(file.name()), LinkOption.NOFOLLOW_LINKS);
  }

  /** What cannot be read has none; whoever edits it finds that out and says so. */
  private static boolean hasRoomAmongHooks(ConfigFile config, CodexConfig withHook) {
    try {
      String text = config.find().text();
      return text != null && CodexConfig.hasHooks(text) && !withHook.connected(text).isEmpty();
    } catch (IOException | RefusedException e) {
      return false;
    }
  }
}
