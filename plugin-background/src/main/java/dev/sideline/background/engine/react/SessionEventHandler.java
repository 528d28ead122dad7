package dev.sideline.background.engine.react;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.task.TaskStatus;
import java.util.List;

/**
 * Takes what is heard of sessions. It may be late, doubled or lost: nothing ends a task here but
 * the deletion of its session.
 */
public final class SessionEventHandler {

  private final TaskRegistry registry;
  private final Archive archive;
  private final Lifecycle lifecycle;
  private final TaskEvents taskEvents;
  private final ParentEvents parentEvents;
  private final WaitingCalls waitingCalls;

  public SessionEventHandler(
      TaskRegistry registry,
      Archive archive,
      Lifecycle lifecycle,
      TaskEvents taskEvents,
      ParentEvents parentEvents,
      WaitingCalls waitingCalls) {
    this.registry = registry;
    this.archive = archive;
    this.lifecycle = lifecycle;
    this.taskEvents = taskEvents;
    this.parentEvents = parentEvents;
    this.waitingCalls = waitingCalls;
  }

  /**
   * Takes an event.
   *
   * @return whether it is to be asked what the sessions do, for one that calls of its wait in may
   *     have stopped
   */
  boolean observed(SessionEvent event) {
    String session = event.sessionId();
    LiveTask live = registry.bySession(session);
    if (live != null && isFollowed(live.status())) {
      taskEvents.observed(live, event);
    }
    ParentSession parent = registry.parent(session);
    if (parent != null) {
      parentEvents.observed(parent, live, event);
    }
    if (event instanceof SessionEvent.Deleted) {
      deleted(session);
    }
    return live == null && ParentEvents.isIdle(event) && waitingCalls.any(session);
  }

  private static boolean isFollowed(TaskStatus status) {
    return !status.terminal() && status != TaskStatus.PENDING;
  }

  /** What the session had launched ends, by policy, and what has ended is dropped. */
  private void deleted(String session) {
    int unused = archive.clearOwn(session, List.of());
    registry.closeAccount(session);
    ParentSession parent = registry.parent(session);
    if (parent != null) {
      lifecycle.parentDeleted(parent);
    }
    waitingCalls.callerStopped(session);
  }
}
