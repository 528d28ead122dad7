package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Answer.ReplyStatus;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** That whoever runs the host sees all tasks, and is told the truth. */
final class Operators {

  /** Who makes their calls; no session has that name. */
  static final String NAME = "an operator";

  private final TaskHistory history;
  private final SimulatedRequests requests;
  private final Set<TaskId> cancelled = new HashSet<>();

  Operators(TaskHistory history, SimulatedRequests requests) {
    this.history = history;
    this.requests = requests;
  }

  static boolean calls(Input input) {
    return input instanceof Input.OperatorTasks
        || input instanceof Input.OperatorTask
        || input instanceof Input.OperatorPurge
        || input instanceof Input.OperatorCancel
        || input instanceof Input.OperatorAnswer;
  }

  void taken(Input input) {
    if (input instanceof Input.OperatorCancel cancel) {
      cancelled.add(cancel.id());
    }
  }

  void ended(Task task) {
    if (task.endedFor(Reason.CANCELLED_BY_OPERATOR) && !cancelled.contains(task.id())) {
      throw new BrokenPromise("no operator has cancelled it: " + task);
    }
  }

  /** In the step in which it is decided. */
  void decided(Input input, Answer answer) {
    if (!(answer instanceof Answer.OperatorViews views)) {
      return;
    }
    views.tasks().forEach(this::checkTrue);
    if (input instanceof Input.OperatorTasks || input instanceof Input.OperatorTask) {
      views.tasks().forEach(this::checkRemembered);
    }
    if (input instanceof Input.OperatorTasks) {
      Set<TaskId> shown =
          views.tasks().stream().map(view -> view.task().id()).collect(Collectors.toSet());
      history.live().stream()
          .filter(task -> !shown.contains(task.id()))
          .forEach(
              task -> {
                throw new BrokenPromise("an operator does not see " + task);
              });
      if (shown.size() != views.tasks().size()) {
        throw new BrokenPromise("an operator sees a task twice: " + views);
      }
    }
  }

  private void checkTrue(OperatorView view) {
    Task task = view.task();
    Task known = history.find(task.id());
    if (known == null || known.status() != task.status()) {
      throw new BrokenPromise("an operator is shown " + task + ", which is " + known);
    }
    boolean inOrder =
        task.createdMillis() <= Math.max(task.startedMillis(), view.changedMillis())
            && task.startedMillis() <= view.changedMillis()
            && (task.settledMillis() == 0 || task.settledMillis() == view.changedMillis());
    if (!inOrder) {
      throw new BrokenPromise("an operator is shown times that cannot be: " + view);
    }
    boolean waits = task.status() == TaskStatus.PENDING;
    if (waits && view.queuePosition() == 0 && view.after().isEmpty() && !doomed(task)) {
      throw new BrokenPromise("nothing tells what it waits for: " + view);
    }
    if (view.timeouts().size() != task.progress().requests().size()) {
      throw new BrokenPromise("not one time for each request: " + view);
    }
  }

  /** One that an operator has cancelled may be trimmed in the step in which it ends. */
  private void checkRemembered(OperatorView view) {
    if (history.forgotten(view.task().id())) {
      throw new BrokenPromise("an operator is shown what is forgotten: " + view);
    }
  }

  /** One that is to follow on what has failed is about to fail itself. */
  private static boolean doomed(Task task) {
    return !task.provenance().after().isEmpty();
  }

  /** When it arrives. */
  void answered(Input input, Answer answer) {
    if (answer instanceof Answer.OperatorViews views && input instanceof Input.OperatorCancel) {
      for (OperatorView view : views.tasks()) {
        if (!view.task().status().terminal() && view.task().status() != TaskStatus.CANCELLING) {
          throw new BrokenPromise("cancelled by an operator, and so: " + view);
        }
      }
    } else if (answer instanceof Answer.OperatorAnswered answered
        && input instanceof Input.OperatorAnswer asked
        && answered.status() == ReplyStatus.TAKEN
        && requests.find(asked.requestId()) != null) {
      throw new BrokenPromise("said to be taken, but was not: " + asked);
    }
  }
}
