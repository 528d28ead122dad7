package dev.sideline.host.connect;

import java.util.ArrayList;
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

  /**
   * Those that connecting has written where a command line of the tool server stands: what runs the
   * hook begins in the same way, and keeps things in the same place.
   */
  static ServerCommands with(List<String> server, String program) {
    int jar = server.indexOf("-jar") + 1;
    if (jar == 0 || jar == server.size()) {
      return NONE;
    }
    List<String> hold = new ArrayList<>(server.subList(0, jar + 1));
    hold.addAll(List.of("hold", "--program", program));
    int data = server.indexOf("--data");
    if (data >= 0 && data + 1 < server.size()) {
      hold.addAll(server.subList(data, data + 2));
    }
    return new ServerCommands(server, hold);
  }

  String program() {
    return server.get(0);
  }

  List<String> arguments() {
    return server.subList(1, server.size());
  }
}
