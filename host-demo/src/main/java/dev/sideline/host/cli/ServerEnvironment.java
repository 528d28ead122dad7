package dev.sideline.host.cli;

import dev.sideline.host.opencode.OpenCodeServer.Launch;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of an environment makes a difference to a server: not where and how somebody types, which is
 * another in each terminal.
 */
record ServerEnvironment(Map<String, String> variables) {

  private static final Set<String> OF_A_TERMINAL =
      Set.of(
          "_",
          "SHLVL",
          "TERM",
          "COLORTERM",
          "TERM_PROGRAM",
          "TERM_PROGRAM_VERSION",
          "TERM_SESSION_ID",
          "WINDOWID",
          "COLUMNS",
          "LINES",
          "TMUX",
          "TMUX_PANE",
          "STY",
          "VTE_VERSION",
          "GPG_TTY",
          "SSH_TTY",
          "SSH_CLIENT",
          "SSH_CONNECTION",
          "XDG_SESSION_ID",
          "SIDELINE_RUN");

  static ServerEnvironment of(Launch launch) {
    Map<String, String> variables = new TreeMap<>(launch.prepared());
    variables.keySet().removeAll(OF_A_TERMINAL);
    return new ServerEnvironment(variables);
  }
}
