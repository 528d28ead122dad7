package dev.sideline.host.process;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What of the host's environment goes on to a process that it starts: all but the variables that
 * mark or open the session which the host itself was started in. A program that finds those takes
 * itself for a part of that session, or may speak in its name.
 */
public final class ChildEnvironment {

  /** Names; one that ends with {@code *} stands for all that begin so. */
  private static final List<String> OF_THE_PARENT =
      List.of(
          "CLAUDECODE",
          "CLAUDE_CODE_*",
          "CODEX_*",
          "GEMINI_CLI",
          "QWEN_CODE",
          "CURSOR_AGENT",
          "CURSOR_TRACE_ID",
          "OPENCODE",
          "OPENCODE_CLIENT",
          "OPENCODE_PASSWORD",
          "OPENCODE_PID",
          "OPENCODE_PROCESS_ROLE",
          "OPENCODE_RUN_ID",
          "OPENCODE_SERVER_*",
          "OPENCODE_SESSION_*",
          "SIDELINE_*");

  /** Of those, what configures a program wherever it runs, and says nothing of a session. */
  private static final List<String> CONFIGURATION =
      List.of(
          "CLAUDE_CODE_USE_*",
          "CLAUDE_CODE_SKIP_*",
          "CLAUDE_CODE_DISABLE_*",
          "CLAUDE_CODE_ENABLE_*",
          "CLAUDE_CODE_MAX_*",
          "CLAUDE_CODE_OAUTH_TOKEN",
          "CLAUDE_CODE_API_KEY_HELPER_TTL_MS",
          "CLAUDE_CODE_CLIENT_*",
          "CLAUDE_CODE_GIT_BASH_PATH",
          "CLAUDE_CODE_SHELL",
          "CLAUDE_CODE_SUBAGENT_MODEL",
          "CODEX_HOME",
          "CODEX_API_KEY",
          "CODEX_CA_CERTIFICATE",
          TreeSigns.MARK_VARIABLE);

  private ChildEnvironment() {}

  /**
   * Makes the environment of a process out of the host's.
   *
   * @param environment the host's, which is changed
   * @param directory where the process runs; some programs believe {@code PWD} more than the system
   * @param kept names of variables that it is to have all the same; one that ends with {@code *}
   *     stands for all that begin so
   * @param own what it is given besides; goes before all else
   */
  public static void prepare(
      Map<String, String> environment,
      Path directory,
      Collection<String> kept,
      Map<String, String> own) {
    Set<String> names = Set.copyOf(environment.keySet());
    for (String name : names) {
      if (isOneOf(name, OF_THE_PARENT) && !isOneOf(name, CONFIGURATION) && !isOneOf(name, kept)) {
        environment.remove(name);
      }
    }
    environment.remove("OLDPWD");
    environment.put("PWD", directory.toAbsolutePath().normalize().toString());
    environment.putAll(own);
  }

  /**
   * Takes from an environment what marks a process as part of a tree, for one that outlives the
   * tree of whoever starts it.
   */
  public static void unmark(Map<String, String> environment) {
    environment.remove(TreeSigns.MARK_VARIABLE);
  }

  private static boolean isOneOf(String name, Collection<String> patterns) {
    String upper = name.toUpperCase(Locale.ROOT);
    return patterns.stream()
        .map(pattern -> pattern.toUpperCase(Locale.ROOT))
        .anyMatch(
            pattern ->
                pattern.endsWith("*")
                    ? upper.startsWith(pattern.substring(0, pattern.length() - 1))
                    : upper.equals(pattern));
  }
}
