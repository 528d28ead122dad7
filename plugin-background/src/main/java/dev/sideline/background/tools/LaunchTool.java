package dev.sideline.background.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.ModelRef;
import dev.sideline.api.ToolResult;
import dev.sideline.api.ToolSpec;
import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Terms;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code background_task}: launches a task. */
final class LaunchTool extends BackgroundTool {

  private static final int MAX_DESCRIPTION_CHARS = 200;
  private static final int MAX_NAME_CHARS = 200;
  private static final int MAX_PATH_CHARS = 4_096;

  private static final String DESCRIPTION =
      """
      Launch a task for another agent in the background and go on with your own work at once. \
      The task runs in a session of its own and sees nothing of this conversation: put everything \
      it needs to know into the prompt. Returns the task's id immediately. You are told when your \
      tasks have ended, so do not poll; then read the result with background_output. Launch several \
      tasks one after another to have them work at the same time.\
      """;

  private static final String INPUT =
      """
      {"type":"object","properties":{
      "description":{"type":"string","description":"What the task is about, in 3 to 10 words"},
      "prompt":{"type":"string","description":"Everything the agent needs to know and do"},
      "agent":{"type":"string","description":"Name of the agent that is to do it"},
      "model":{"type":"string","description":"PROVIDER/MODEL to use instead of the agent's own"},
      "directory":{"type":"string","description":"Where it works; default: where you work"}},
      "required":["description","prompt","agent"],"additionalProperties":false}\
      """;

  LaunchTool(Toolbox box) {
    super(
        new ToolSpec(
            "background_task",
            DESCRIPTION,
            INPUT,
            TaskJson.SCHEMA,
            new ToolSpec.Hints(false, false, false)),
        box);
  }

  @Override
  Request request(String caller, Arguments arguments) {
    Assignment assignment =
        new Assignment(
            arguments.text("description", MAX_DESCRIPTION_CHARS).strip(),
            arguments.text("prompt", box.settings().texts().maxPrompt()),
            arguments.text("agent", MAX_NAME_CHARS).strip(),
            model(arguments),
            null,
            arguments.optionalText("directory", MAX_PATH_CHARS),
            null);
    return new Request() {
      @Override
      public Input input(long call) {
        return new Input.Launch(call, caller, assignment, Terms.NONE, List.of(), null);
      }

      @Override
      public ToolResult result(Answer answer) {
        return launched(answer);
      }
    };
  }

  private static @Nullable ModelRef model(Arguments arguments) {
    String model = arguments.optionalText("model", MAX_NAME_CHARS);
    if (model == null) {
      return null;
    }
    try {
      return ModelRef.parse(model);
    } catch (IllegalArgumentException e) {
      throw new BadArgument("'model' is \"" + model + "\", but must be PROVIDER/MODEL.");
    }
  }

  private ToolResult launched(Answer answer) {
    if (answer instanceof Answer.Launched launched) {
      Answer.View view = launched.task();
      ObjectNode json = box.json().newObject();
      TaskJson.write(json, view, box.now());
      String id = view.task().id().value();
      String state =
          view.queuePosition() > 0
              ? "It waits for a slot, at place "
                  + view.queuePosition()
                  + " of your queue, and starts by itself."
              : "It is being started.";
      return ToolResult.of(
          "Launched background task "
              + id
              + ". "
              + state
              + "\n"
              + "Go on with your own work: you will be told when it has ended, there is no need to"
              + " poll. Then read its result with background_output(task_id=\""
              + id
              + "\").",
          Json.text(json));
    }
    if (answer instanceof Answer.LimitReached reached) {
      return ToolResult.failure(limitText(reached));
    }
    if (answer instanceof Answer.CallerEnded) {
      return ToolResult.failure(
          "Not launched: your own session has been cancelled or has ended, so nobody would read the"
              + " result.");
    }
    if (answer instanceof Answer.NotRecorded) {
      return ToolResult.failure(
          "Not launched: the task could not be recorded. Nothing was changed; try again later.");
    }
    throw new IllegalStateException("unexpected answer " + answer);
  }

  private static String limitText(Answer.LimitReached reached) {
    return "Not launched: " + reached.limit();
  }
}
