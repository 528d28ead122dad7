package dev.sideline.background.engine.messaging;

import java.util.List;

/** What the agents of tasks are told beside their messages. */
public final class Instructions {

  /** Goes on after a silence. */
  public static final String NUDGE =
      "You have given no sign of life for a long time and were stopped. Go on with your task from"
          + " where you were, and give the answer that was asked for.";

  /** Goes on where it was broken off. */
  public static final String CONTINUATION =
      "Your work was broken off in the middle, as when the program that you run in is started anew."
          + " What you were doing last may be done, half done or not done: look before you do it"
          + " again. Go on with your task from there, and give the answer that was asked for.";

  /** Goes on with another model. */
  public static final String FALLBACK =
      "Your work on this was broken off by an error of the model that did it. Go on with the task"
          + " from where it stands, and give the answer that was asked for.";

  private static final int MAX_PROBLEMS = 10;

  private Instructions() {}

  /** Asks for an answer once more that does not fit its schema. */
  static String repair(List<String> problems) {
    StringBuilder text =
        new StringBuilder("Your answer does not fit the JSON Schema that it has to fit:\n");
    for (String problem : problems.subList(0, Math.min(MAX_PROBLEMS, problems.size()))) {
      text.append("- ").append(problem).append('\n');
    }
    return text.append("Give the whole answer once more as JSON that fits, and nothing else.")
        .toString();
  }
}
