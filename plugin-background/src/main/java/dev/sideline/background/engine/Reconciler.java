package dev.sideline.background.engine;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host for the truth: about tasks that have been silent, at a slow beat, and about all of
 * them when events may have been lost. So a lost event costs seconds and not the task.
 */
final class Reconciler {

  private final UnitOfWork unit;
  private final Barrier barrier;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Archive archive;
  private final NotificationPolicy notifications;
  private final WaitingCalls waitingCalls;
  private final Requests requests;
  private final SessionEventHandler watch;
  private final SessionProber prober;
  private final long beatMillis;
  private boolean fetching;
  private boolean fetchingRequests;

  /** Whether what is being fetched may be older than a loss of events. */
  private boolean fetchAgain;

  /** When the host was last asked what its sessions do, in epoch milliseconds. */
  private long askedMillis;

  /** Whether something was heard since the host was asked that the answer cannot know. */
  private boolean askOnceMore;

  private boolean probeAll;
  private Timers.@Nullable Timer beat;

  Reconciler(
      long beatMillis,
      UnitOfWork unit,
      Barrier barrier,
      Timers timers,
      TaskRegistry registry,
      Archive archive,
      NotificationPolicy notifications,
      WaitingCalls waitingCalls,
      Requests requests,
      SessionEventHandler watch,
      SessionProber prober) {
    this.beatMillis = beatMillis;
    this.unit = unit;
    this.barrier = barrier;
    this.timers = timers;
    this.registry = registry;
    this.archive = archive;
    this.notifications = notifications;
    this.waitingCalls = waitingCalls;
    this.requests = requests;
    this.watch = watch;
    this.prober = prober;
  }

  /** Keeps a slow beat going while there are tasks. */
  void keepBeat() {
    if (beat == null && registry.size() > 0) {
      beat =
          timers.at(
              unit.now() + beatMillis,
              () -> {
                beat = null;
                reconcile(false);
              });
    }
  }

  /**
   * Asks the host for the state of all sessions.
   *
   * @param all whether all tasks are to be looked at, or only those that have been silent
   */
  void reconcile(boolean all) {
    probeAll |= all;
    archive.expire();
    if (fetching) {
      fetchAgain |= all;
    } else if (registry.size() > 0) {
      fetch();
    }
  }

  /**
   * Asks the host what its sessions do now. What it is just asked is no answer to that, and good
   * for all else.
   */
  void askNow() {
    if (fetching) {
      askOnceMore = true;
    } else {
      fetch();
    }
  }

  private void fetch() {
    fetching = true;
    askedMillis = unit.now();
    fetchAgain = false;
    unit.effect(new Effect.FetchStatuses());
    if (!fetchingRequests) {
      fetchingRequests = true;
      requests.fetching();
      unit.effect(new Effect.FetchRequests());
    }
  }

  void statusesFetched(Map<String, SessionStatus> statuses) {
    if (fetchAgain) {
      fetch();
      return;
    }
    fetching = false;
    boolean all = probeAll;
    probeAll = false;
    barrier.each(
        registry.entries(),
        live -> {
          String session = live.task.session();
          if (live.mayBeAtWork() && session != null && (all || silent(live))) {
            follow(live, statuses.getOrDefault(session, SessionStatus.IDLE));
          }
        });
    for (ParentSession parent : notifications.waitingForIdle()) {
      if (!statuses.containsKey(parent.session)) {
        notifications.parentIdle(parent);
      }
    }
    for (String caller : waitingCalls.sessions()) {
      // Whether a task's session is idle is for a look to tell.
      if (!statuses.containsKey(caller) && registry.bySession(caller) == null) {
        callerIdle(caller);
      }
    }
    if (askOnceMore) {
      askOnceMore = false;
      fetch();
    }
  }

  private void callerIdle(String caller) {
    ParentSession parent = registry.parent(caller);
    if (parent != null && parent.inWaitingCall) {
      waitingCalls.callerIdle(caller, askedMillis);
      parent.inWaitingCall = waitingCalls.any(caller);
    }
  }

  private boolean silent(LiveTask live) {
    return unit.now() - live.lastActivityMillis() >= beatMillis;
  }

  private void follow(LiveTask live, SessionStatus status) {
    watch.status(live, status);
    if (status.kind() == SessionStatus.Kind.BUSY && !live.howFarKnown()) {
      // So that it can be told later whether it has got further.
      prober.probe(live);
    }
  }

  void statusesFailed() {
    if (fetchAgain) {
      fetch();
    } else {
      fetching = false;
    }
  }

  void requestsFetched(List<PendingRequest> waiting) {
    fetchingRequests = false;
    barrier.each(requests.fetched(waiting), prober::probe);
  }

  void requestsFailed() {
    fetchingRequests = false;
  }
}
