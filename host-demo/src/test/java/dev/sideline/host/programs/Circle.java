package dev.sideline.host.programs;

import dev.sideline.host.model.Reply;
import dev.sideline.host.model.ScriptedModelServer;
import dev.sideline.host.model.Turn;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a model does in one conversation, step by step. How far it has come, it sees by the results
 * of tools that stand in the conversation, so that a request that a program makes twice gets the
 * same reply twice.
 */
record Circle(AgentProgram program, ScriptedModelServer model, String prompt) {

  private static final Pattern LAUNCHED =
      Pattern.compile("Launched background task (bg_[a-z2-7]{26})");

  /** What it replies when it has seen so many results. */
  Circle after(int results, Function<Turn, Reply> reply) {
    model.when(turns().and(turn -> turn.allToolResults().size() == results)).reply(reply);
    return this;
  }

  /** The same, with a call of one of our tools. */
  Circle after(int results, String tool, String arguments) {
    return after(results, turn -> program.call(turn, tool, arguments));
  }

  /** All of the conversation's turns. */
  Predicate<Turn> turns() {
    return Turn.anyUserContains(prompt).and(turn -> turn.tool("background_task").isPresent());
  }

  /** The newest of its turns. */
  Turn last() {
    List<Turn> seen = model.turns(turns());
    if (seen.isEmpty()) {
      throw new AssertionError("the model was shown no tools of ours: " + model.turns());
    }
    return seen.get(seen.size() - 1);
  }

  /** Arguments of a launch. */
  static String task(String description, String agent, String prompt) {
    return """
    {"description": "%s", "agent": "%s", "prompt": "%s"}\
    """
        .formatted(description, agent, prompt);
  }

  /** The id of the task that an answer says was launched. */
  static String launchedIn(String answer) {
    Matcher launched = LAUNCHED.matcher(answer);
    if (!launched.find()) {
      throw new AssertionError("nothing was launched: " + answer);
    }
    return launched.group(1);
  }
}
