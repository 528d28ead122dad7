package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnRestart;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A task ends for what has really happened, by what the host shows and was heard of it. */
final class Endings implements Check {

  /** How long it may take until it is seen that a session is idle, and how long it has been. */
  private static final long LOSS_SLACK_MILLIS = 340_000;

  private final Settings settings;
  private final VirtualTime time;
  private final TaskHistory history;
  private final SimulatedHost host;
  private final SimulatedStore store;
  private final Instructed instructed;
  private final Map<String, Long> heardMillis = new HashMap<>();
  private final Map<TaskId, Long> stoppedMillis = new HashMap<>();
  private final Set<TaskId> refused = new HashSet<>();
  private final Set<String> complained = new HashSet<>();
  private long begunMillis;

  Endings(
      Settings settings,
      VirtualTime time,
      TaskHistory history,
      SimulatedHost host,
      SimulatedStore store,
      Instructed instructed) {
    this.settings = settings;
    this.time = time;
    this.history = history;
    this.host = host;
    this.store = store;
    this.instructed = instructed;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    hear(input);
    boolean defect =
        step.effects().stream().anyMatch(effect -> effect instanceof Effect.ReportDefect);
    for (TaskHistory.Change change : changes) {
      if (change.enters(TaskStatus.CANCELLING)) {
        stoppedMillis.put(change.now().id(), silence(change.now()));
      }
      Outcome outcome = change.now().outcome();
      boolean brokeOff = defect && outcome != null && outcome.reason() == Reason.LAUNCH_FAILED;
      if (change.ends() && outcome != null && !brokeOff) {
        check(change.now(), outcome.reason());
      }
    }
  }

  @Override
  public void begins() {
    begunMillis = time.millis();
  }

  private void hear(Input input) {
    if (input instanceof Input.Observed observed) {
      SessionEvent event = observed.event();
      if (!(event instanceof SessionEvent.StatusChanged)) {
        heardMillis.put(event.sessionId(), time.millis());
      }
      boolean trouble =
          event instanceof SessionEvent.Failed
              || (event instanceof SessionEvent.StatusChanged changed
                  && changed.status().kind() == SessionStatus.Kind.RETRYING);
      if (trouble) {
        complained.add(event.sessionId());
      }
    } else if (input instanceof Input.OpenFailed failed) {
      refused.add(failed.task());
    } else if (input instanceof Input.PromptFailed failed) {
      refused.add(failed.task());
    } else if (input instanceof Input.StatusesFetched fetched) {
      fetched
          .statuses()
          .forEach(
              (session, status) -> {
                if (status.kind() == SessionStatus.Kind.RETRYING) {
                  complained.add(session);
                }
              });
    }
  }

  private long silence(Task task) {
    return time.millis() - heardMillis.getOrDefault(task.session(), 0L);
  }

  private void check(Task task, Reason reason) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    boolean right =
        switch (reason) {
          case SESSION_DELETED -> session == null;
          // Or its start was not recorded for longer than a start may take.
          case LAUNCH_FAILED ->
              refused.contains(task.id()) || store.hasFailedSince(task.startedMillis());
          case SESSION_ERROR ->
              session == null
                  || refused.contains(task.id())
                  || complained.contains(task.session())
                  || session.failed();
          case STALLED -> stoppedMillis.getOrDefault(task.id(), 0L) >= task.options().stallMillis();
          case LOST -> session == null || rightlyLost(task, session);
          case INTERRUPTED -> session == null || session.wasStopped;
          case PARENT_GONE -> parentGone(task);
          default -> true;
        };
    if (!right) {
      throw new BrokenPromise("ended for no such reason: " + task);
    }
  }

  /** A prompt that never arrived was given again; what was in its session was idle for so long. */
  private boolean rightlyLost(Task task, SimulatedSession session) {
    String promptId = task.promptId();
    if (promptId == null || !session.knows(promptId)) {
      // What came after it was not taken, or may have been.
      return instructed.tries(promptId) != 1 || !instructed.isLast(task);
    }
    long idle = time.millis() - session.idleSinceMillis;
    long seen = time.millis() - Math.max(begunMillis, session.idleSinceMillis);
    long lost = settings.sessions().lostAfter().toMillis();
    // It may have been told to go on before, which did not arrive.
    boolean inTime =
        seen <= lost + LOSS_SLACK_MILLIS || settings.sessions().onRestart() == OnRestart.RESUME;
    return !session.working() && idle >= lost && inTime;
  }

  private boolean parentGone(Task task) {
    if (host.find(task.parent()) == null) {
      return true;
    }
    Task above = history.ofSession(task.parent());
    return above != null
        && (above.status() == TaskStatus.CANCELLING
            || (above.status().terminal() && above.status() != TaskStatus.COMPLETED)
            || above.provenance().resumes() != null);
  }
}
