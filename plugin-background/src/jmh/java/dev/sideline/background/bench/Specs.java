package dev.sideline.background.bench;

import dev.sideline.background.task.TaskSpec;

/** Specs of a usual size: a description of 41 characters and a prompt of 412. */
final class Specs {

  private static final String DESCRIPTION = "Move callers of the old parser to the new";
  private static final String PROMPT =
      """
      Find every caller of LegacyParser.parse in the modules core, server and tools, and move it \
      to Parser.read. Keep the behaviour for empty input: the old method returned null there, the \
      new one throws. Run the unit tests of each module that you have changed. Do not touch \
      generated sources. When you are done, list the files that you have changed, and anything \
      that you were not sure about and left as it is.\
      """;

  private Specs() {}

  /** The same object at every call. */
  static final TaskSpec SHARED =
      new TaskSpec(DESCRIPTION, PROMPT, "worker", null, null, null, null);

  /** With texts of its own, as they come out of a caller's JSON. */
  static TaskSpec own() {
    return new TaskSpec(copy(DESCRIPTION), copy(PROMPT), copy("worker"), null, null, null, null);
  }

  private static String copy(String text) {
    return String.valueOf(text.toCharArray());
  }
}
