package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;

/** What a caller has had forgotten is, and lists are in order. */
final class Forgetting implements Check {

  private final TaskHistory history;
  private final WatchedFinishedTasks retained;

  Forgetting(TaskHistory history, WatchedFinishedTasks retained) {
    this.history = history;
    this.retained = retained;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.ClearCompleted clear && !looksFirst(step)) {
      for (TaskId id : retained.ids()) {
        Task task = history.find(id);
        if (task != null && task.belongsTo(clear.caller())) {
          throw new BrokenPromise("to be forgotten, and is still there: " + task);
        }
      }
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply && reply.answer() instanceof Answer.Listed listed) {
        checkList((Input.ListTasks) input, listed);
      }
    }
  }

  /** Whether the call has something looked for in the record, and is answered after that. */
  private static boolean looksFirst(Step step) {
    return step.effects().stream()
        .anyMatch(
            effect ->
                effect instanceof Effect.Reply reply && reply.answer() instanceof Answer.Recall);
  }

  private static void checkList(Input.ListTasks list, Answer.Listed listed) {
    boolean right =
        Queue.newestFirst(listed.tasks())
            && listed.tasks().size() == Math.min(list.limit(), listed.total())
            && listed.tasks().stream()
                .allMatch(view -> list.status() == null || view.task().status() == list.status());
    if (!right) {
      throw new BrokenPromise("not what was asked for: " + list + ", " + listed);
    }
  }
}
