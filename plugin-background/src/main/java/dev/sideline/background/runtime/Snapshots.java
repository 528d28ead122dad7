package dev.sideline.background.runtime;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.TaskSnapshot;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Tasks as hosts are shown them, with their times by the host's clock. */
final class Snapshots {

  private final BackgroundRuntime runtime;

  Snapshots(BackgroundRuntime runtime) {
    this.runtime = runtime;
  }

  TaskSnapshot of(OperatorView view) {
    Task task = view.task();
    Progress progress = task.progress();
    Outcome outcome = task.outcome();
    return new TaskSnapshot(
        task.id().value(),
        task.parent(),
        task.root(),
        task.session(),
        task.spec().agent(),
        task.model(),
        task.spec().description(),
        task.status().published(),
        outcome == null ? null : outcome.reason().published(),
        outcome == null ? null : outcome.detail(),
        times(view),
        waitsFor(view),
        progress.requests().stream().map(request -> asked(view, request)).toList(),
        progress.toolCalls(),
        progress.lastTool(),
        progress.usage());
  }

  private TaskSnapshot.Times times(OperatorView view) {
    Task task = view.task();
    return new TaskSnapshot.Times(
        instant(task.createdMillis()),
        instantIfAny(task.startedMillis()),
        instantIfAny(task.settledMillis()),
        instant(view.changedMillis()),
        instantIfAny(task.progress().lastActivityMillis()));
  }

  private TaskSnapshot.@Nullable Wait waitsFor(OperatorView view) {
    Task task = view.task();
    Progress progress = task.progress();
    if (!view.after().isEmpty()) {
      return new TaskSnapshot.Predecessors(view.after().stream().map(TaskId::value).toList());
    }
    if (view.queuePosition() > 0) {
      Limit limit = view.limit();
      return limit == null
          ? new TaskSnapshot.Slot(view.queuePosition(), null, 0)
          : new TaskSnapshot.Slot(view.queuePosition(), limit.setting(), limit.value());
    }
    if (task.status() == TaskStatus.INPUT_REQUIRED) {
      return new TaskSnapshot.Answer();
    }
    return task.status() == TaskStatus.RETRYING
        ? new TaskSnapshot.Retry(progress.waitingFor(), instantIfAny(progress.nextTryMillis()))
        : null;
  }

  private TaskSnapshot.Asked asked(OperatorView view, PendingRequest request) {
    return new TaskSnapshot.Asked(
        request, instantIfAny(view.timeouts().getOrDefault(request.id(), 0L)));
  }

  /** 0 stands for a time that has not come. */
  private @Nullable Instant instantIfAny(long millis) {
    return millis == 0 ? null : instant(millis);
  }

  private Instant instant(long millis) {
    return Instant.ofEpochMilli(runtime.wallMillis(millis));
  }
}
