package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings.OnParentDeleted;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.settings.Settings.Sessions;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.List;

/** What becomes of the tasks of a session that is deleted, or that somebody stops. */
final class Orphans implements Check {

  private final Sessions policies;
  private final TaskHistory history;

  Orphans(Sessions policies, TaskHistory history) {
    this.policies = policies;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (!(input instanceof Input.Observed observed)) {
      return;
    }
    String session = observed.event().sessionId();
    if (observed.event() instanceof SessionEvent.Deleted) {
      if (policies.onParentDeleted() == OnParentDeleted.CANCEL) {
        checkStopped(session, "deleted");
      } else {
        checkLeft(session, changes);
      }
    } else if (observed.event() instanceof SessionEvent.Failed failed
        && failed.failure().aborted()
        && history.ofSession(session) == null) {
      if (policies.onParentInterrupted() == OnParentInterrupted.CANCEL) {
        checkStopped(session, "stopped");
      } else {
        checkLeft(session, changes);
      }
    }
  }

  private void checkStopped(String session, String how) {
    for (Task task : history.live()) {
      if (task.parent().equals(session) && task.status() != TaskStatus.CANCELLING) {
        throw new BrokenPromise("its parent was " + how + ", and it goes on: " + task);
      }
    }
  }

  private static void checkLeft(String session, List<TaskHistory.Change> changes) {
    for (TaskHistory.Change change : changes) {
      if (change.now().parent().equals(session) && change.isStopped()) {
        throw new BrokenPromise("was to be left alone, and is stopped: " + change.now());
      }
    }
  }
}
