package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;

/**
 * The step of a launch is about the new task alone, and does not end it: if it cannot be recorded,
 * it is dropped as a whole, and the task with it.
 */
final class Launches implements Check {

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (!(input instanceof Input.Launch)) {
      return;
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply
          && reply.answer() instanceof Answer.Launched launched
          && !launched.existing()) {
        checkAlone(launched.task().task().id(), step, changes);
      }
    }
  }

  private static void checkAlone(TaskId id, Step step, List<TaskHistory.Change> changes) {
    for (TaskHistory.Change change : changes) {
      Task task = change.now();
      if (!task.id().equals(id) || task.status().terminal()) {
        throw new BrokenPromise("P1: lost if the launch of " + id + " is: " + task);
      }
    }
    for (Effect effect : step.effects()) {
      if (!isAbout(id, effect)) {
        throw new BrokenPromise("P1: lost if the launch of " + id + " is: " + effect);
      }
    }
  }

  private static boolean isAbout(TaskId id, Effect effect) {
    if (effect instanceof Effect.OpenSession open) {
      return open.task().id().equals(id);
    }
    if (effect instanceof Effect.SendPrompt send) {
      return send.task().id().equals(id);
    }
    if (effect instanceof Effect.Publish publish) {
      return !(publish.event() instanceof PluginEvent.TaskChanged changed)
          || changed.taskId().equals(id.value());
    }
    return effect instanceof Effect.Reply;
  }
}
