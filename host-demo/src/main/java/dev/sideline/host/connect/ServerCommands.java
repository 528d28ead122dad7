package dev.sideline.host.connect;

import java.util.List;

/**
 * The command lines that a program is given.
 *
 * @param server starts the tool server
 * @param hold run when an agent is about to end; says whether it has to stay for its tasks. Not
 *     used for programs that ask the tool server itself
 */
public record ServerCommands(List<String> server, List<String> hold) {

  /** Where nothing is to be written. */
  static final ServerCommands NONE = new ServerCommands(List.of(""), List.of(""));

  /** Checks the parts. */
  public ServerCommands {
    server = List.copyOf(server);
    hold = List.copyOf(hold);
    if (server.isEmpty()) {
      throw new IllegalArgumentException("a command has a word at least");
    }
  }

  String program() {
    return server.get(0);
  }

  List<String> arguments() {
    return server.subList(1, server.size());
  }
}
