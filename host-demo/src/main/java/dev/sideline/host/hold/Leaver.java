package dev.sideline.host.hold;

import java.util.List;

/**
 * Who asks whether it may end, as its hook knows it.
 *
 * @param session the program's own id of the conversation; empty if it has not said
 * @param processes the hook's process and those that it comes from, the program's among them
 */
public record Leaver(String session, List<Long> processes) {

  public Leaver {
    processes = List.copyOf(processes);
  }
}
