package dev.sideline.host.programs;

import dev.sideline.host.model.Reply;
import dev.sideline.host.model.Turn;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** An agent program as one person has it on their machine. */
interface AgentProgram {

  /** As {@code connect} knows it. */
  String name();

  /** Writes what a person has set up before they hear of this host: the model, and who they are. */
  void setUp(Workplace place) throws IOException;

  /** Does what a person has to do once the tools are there. */
  default void afterConnect(Workplace place) throws IOException {}

  /** The command line that has it work on a prompt and end, without asking anybody. */
  List<String> command(String prompt);

  /** Whether a person is shown, where nobody can be asked, what a hook has to say to people. */
  boolean tellsWhatHooksSay();

  /** What is in its environment besides home, path and folder for temporary files. */
  Map<String, String> environment(Workplace place);

  /** A reply that calls one of our tools, by the name that this program gives to it. */
  default Reply call(Turn turn, String tool, String arguments) {
    return add(Reply.empty(), turn, tool, arguments);
  }

  /** Adds a call of one of our tools to a reply. */
  default Reply add(Reply reply, Turn turn, String tool, String arguments) {
    String name =
        turn.tool(tool)
            .orElseThrow(() -> new AssertionError("no " + tool + " among " + turn.toolNames()))
            .name();
    return reply.thenTool(name, arguments);
  }
}
