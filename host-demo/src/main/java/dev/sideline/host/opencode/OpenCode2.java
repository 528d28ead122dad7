package dev.sideline.host.opencode;

import java.util.regex.Pattern;

/** The second major version of OpenCode: how it is known, and what it is good for here. */
public final class OpenCode2 {

  private static final Pattern NUMBER = Pattern.compile("v?([2-9]|[1-9][0-9]+)\\..*");

  private OpenCode2() {}

  /** Whether a program that calls its version so is OpenCode 2, or a later one. */
  public static boolean isVersion(String version) {
    return NUMBER.matcher(version).matches();
  }

  /** What works with it and what does not, for a person. */
  public static String words(String version) {
    return "it is OpenCode 2 ("
        + version
        + "), whose sessions cannot be used as tasks or told anything; that works with OpenCode"
        + " 1. What works: give its agents the tools as any MCP client's, by an entry in its"
        + " configuration that starts 'sideline mcp --config agents.json'. Tasks are then commands"
        + " that you name in agents.json; see docs/programs.md";
  }
}
