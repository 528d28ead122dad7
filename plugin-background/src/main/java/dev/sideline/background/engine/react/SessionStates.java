package dev.sideline.background.engine.react;

import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.calls.WaitingCalls;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.probe.SessionProber;
import java.util.Map;

/** What follows from what the host says that all its sessions do. */
public final class SessionStates {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final TaskEvents taskEvents;
  private final SessionProber prober;
  private final NotificationPolicy notifications;
  private final WaitingCalls waitingCalls;
  private final long beatMillis;

  public SessionStates(
      UnitOfWork unit,
      TaskRegistry registry,
      TaskEvents taskEvents,
      SessionProber prober,
      NotificationPolicy notifications,
      WaitingCalls waitingCalls,
      long beatMillis) {
    this.unit = unit;
    this.registry = registry;
    this.taskEvents = taskEvents;
    this.prober = prober;
    this.notifications = notifications;
    this.waitingCalls = waitingCalls;
    this.beatMillis = beatMillis;
  }

  /**
   * Takes the states of all sessions.
   *
   * @param askedMillis when the host was asked, in epoch milliseconds
   * @param all whether all tasks are to be probed, or only those that have been silent
   */
  void fetched(Map<String, SessionStatus> statuses, long askedMillis, boolean all) {
    unit.each(
        registry.entries(),
        live -> {
          String session = live.record().session();
          if (live.mayBeAtWork() && session != null && (all || silent(live))) {
            follow(live, statuses.getOrDefault(session, SessionStatus.IDLE));
          }
        });
    for (ParentSession parent : notifications.waitingForIdle()) {
      if (!statuses.containsKey(parent.session())) {
        notifications.parentIdle(parent);
      }
    }
    for (String caller : waitingCalls.sessions()) {
      // Whether a task's session is idle is for a probe to tell.
      if (!statuses.containsKey(caller) && registry.bySession(caller) == null) {
        callerIdle(caller, askedMillis);
      }
    }
  }

  private void callerIdle(String caller, long askedMillis) {
    ParentSession parent = registry.parent(caller);
    if (parent != null && parent.inWaitingCall()) {
      waitingCalls.callerIdle(caller, askedMillis);
      parent.inWaitingCall(waitingCalls.any(caller));
    }
  }

  private boolean silent(LiveTask live) {
    return unit.now() - live.lastActivityMillis() >= beatMillis;
  }

  private void follow(LiveTask live, SessionStatus status) {
    taskEvents.status(live, status);
    if (status.kind() == SessionStatus.Kind.BUSY && !live.howFarKnown()) {
      // So that it can be told later whether it has got further.
      prober.probe(live);
    }
  }
}
