package dev.sideline.host.embedded;

import java.util.ArrayList;
import java.util.List;

/** What a line of a command's output can be besides a part of the answer, by how it begins. */
enum Mark {
  /** A tool call: a name and perhaps its arguments, a JSON object. */
  TOOL("::tool "),
  /** A question: its words and, after bars, the answers to choose from. */
  ASK("::ask "),
  /** A permission: what the command wants to do. */
  PERMIT("::permit ");

  private final String text;

  Mark(String text) {
    this.text = text;
  }

  /** The marks that mean something in the output of an agent. */
  static List<Mark> of(AgentDefinition agent) {
    List<Mark> marks = new ArrayList<>();
    if (agent.toolLines()) {
      marks.add(TOOL);
    }
    if (agent.asks()) {
      marks.add(ASK);
      marks.add(PERMIT);
    }
    return marks;
  }

  /** Whether a line that begins with this may have the mark, as far as can be told. */
  boolean mayBegin(CharSequence beginning) {
    int compared = Math.min(beginning.length(), text.length());
    return text.startsWith(beginning.subSequence(0, compared).toString());
  }

  /** What a line with the mark says; empty for any other. */
  String contentOf(String line) {
    return line.startsWith(text) ? line.substring(text.length()).strip() : "";
  }
}
