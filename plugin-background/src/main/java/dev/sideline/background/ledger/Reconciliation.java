package dev.sideline.background.ledger;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.SessionStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host for the truth: about tasks that have been silent, at a slow beat, and about all of
 * them when events may have been lost. So a lost event costs seconds and not the task.
 */
final class Reconciliation {

  private final Turn turn;
  private final Barrier barrier;
  private final Agenda agenda;
  private final Roster roster;
  private final Archive archive;
  private final Announcements announcements;
  private final Waits waits;
  private final Requests requests;
  private final Watch watch;
  private final Looks looks;
  private final long beatMillis;
  private boolean fetching;
  private boolean fetchingRequests;

  /** Whether what is being fetched may be older than a loss of events. */
  private boolean fetchAgain;

  /** When the host was last asked what its sessions do, in epoch milliseconds. */
  private long askedMillis;

  /** Whether something was heard since the host was asked that the answer cannot know. */
  private boolean askOnceMore;

  private boolean lookAtAll;
  private Agenda.@Nullable Item beat;

  Reconciliation(
      long beatMillis,
      Turn turn,
      Barrier barrier,
      Agenda agenda,
      Roster roster,
      Archive archive,
      Announcements announcements,
      Waits waits,
      Requests requests,
      Watch watch,
      Looks looks) {
    this.beatMillis = beatMillis;
    this.turn = turn;
    this.barrier = barrier;
    this.agenda = agenda;
    this.roster = roster;
    this.archive = archive;
    this.announcements = announcements;
    this.waits = waits;
    this.requests = requests;
    this.watch = watch;
    this.looks = looks;
  }

  /** Keeps a slow beat going while there are tasks. */
  void keepBeat() {
    if (beat == null && roster.size() > 0) {
      beat =
          agenda.at(
              turn.now() + beatMillis,
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
    lookAtAll |= all;
    archive.expire();
    if (fetching) {
      fetchAgain |= all;
    } else if (roster.size() > 0) {
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
    askedMillis = turn.now();
    fetchAgain = false;
    turn.effect(new Effect.FetchStatuses());
    if (!fetchingRequests) {
      fetchingRequests = true;
      requests.fetching();
      turn.effect(new Effect.FetchRequests());
    }
  }

  void statusesFetched(Map<String, SessionStatus> statuses) {
    if (fetchAgain) {
      fetch();
      return;
    }
    fetching = false;
    boolean all = lookAtAll;
    lookAtAll = false;
    barrier.each(
        roster.entries(),
        entry -> {
          String session = entry.task.session();
          if (entry.mayBeAtWork() && session != null && (all || silent(entry))) {
            follow(entry, statuses.getOrDefault(session, SessionStatus.IDLE));
          }
        });
    for (Family family : announcements.waitingForIdle()) {
      if (!statuses.containsKey(family.parent)) {
        announcements.parentIdle(family);
      }
    }
    for (String caller : waits.sessions()) {
      // Whether a task's session is idle is for a look to tell.
      if (!statuses.containsKey(caller) && roster.bySession(caller) == null) {
        callerIdle(caller);
      }
    }
    if (askOnceMore) {
      askOnceMore = false;
      fetch();
    }
  }

  private void callerIdle(String caller) {
    Family family = roster.family(caller);
    if (family != null && family.inWaitingCall) {
      waits.callerIdle(caller, askedMillis);
      family.inWaitingCall = waits.any(caller);
    }
  }

  private boolean silent(Entry entry) {
    return turn.now() - entry.lastActivityMillis() >= beatMillis;
  }

  private void follow(Entry entry, SessionStatus status) {
    watch.status(entry, status);
    if (status.kind() == SessionStatus.Kind.BUSY && !entry.howFarKnown()) {
      // So that it can be told later whether it has got further.
      looks.look(entry);
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
    barrier.each(requests.fetched(waiting), looks::look);
  }

  void requestsFailed() {
    fetchingRequests = false;
  }
}
