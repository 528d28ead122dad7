package dev.sideline.background.engine.react;

import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timer;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.requests.Requests;
import org.jspecify.annotations.Nullable;

/**
 * Asks the host for the truth: about tasks that have been silent, at a slow beat, and about all of
 * them when events may have been lost. So a lost event costs seconds and not the task.
 */
public final class Reconciler implements Input.ReconcileAnswers {

  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Archive archive;
  private final Requests requests;
  private final SessionStates states;
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
  private @Nullable Timer beat;

  public Reconciler(
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Archive archive,
      Requests requests,
      SessionStates states,
      long beatMillis) {
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.archive = archive;
    this.requests = requests;
    this.states = states;
    this.beatMillis = beatMillis;
  }

  /** Keeps a slow beat going while there are tasks. */
  public void keepBeat() {
    if (beat == null && registry.size() > 0) {
      beat = timers.at(unit.now() + beatMillis, new TimedEvent.ReconcileBeat());
    }
  }

  /** It is time to ask about those that have been silent. */
  public void beat() {
    beat = null;
    reconcile(false);
  }

  /**
   * Asks the host for the state of all sessions.
   *
   * @param all whether all tasks are to be probed, or only those that have been silent
   */
  public void reconcile(boolean all) {
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

  @Override
  public void take(Input.StatusesFetched fetched) {
    if (fetchAgain) {
      fetch();
      return;
    }
    fetching = false;
    boolean all = probeAll;
    probeAll = false;
    states.fetched(fetched.statuses(), askedMillis, all);
    if (askOnceMore) {
      askOnceMore = false;
      fetch();
    }
  }

  @Override
  public void take(Input.StatusesFailed failed) {
    if (fetchAgain) {
      fetch();
    } else {
      fetching = false;
    }
  }

  @Override
  public void take(Input.RequestsFetched fetched) {
    fetchingRequests = false;
    for (LiveTask live : requests.fetched(fetched.requests())) {
      unit.signal(new Signal.ProbeWanted(live));
    }
  }

  @Override
  public void take(Input.RequestsFailed failed) {
    fetchingRequests = false;
  }
}
