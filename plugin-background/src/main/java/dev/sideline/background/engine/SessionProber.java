package dev.sideline.background.engine;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;

/**
 * Probes the sessions of tasks, and decides what it means what they show. Only what a probe shows
 * ends a task; events say no more than that it is time for one.
 */
final class SessionProber {

  private static final long FIRST_PROBE_MILLIS = 1_000;

  /** Until a session that was told to stop is probed again, at first. */
  private static final long FIRST_STOP_MILLIS = 100;

  /** A session that was prompted may need this long until the host shows it at work. */
  private static final long START_UP_MILLIS = 3_000;

  private final Settings.Sessions settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final long beatMillis;

  SessionProber(Settings settings, UnitOfWork unit, Timers timers, TaskRegistry registry) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.beatMillis = this.settings.reconcileEvery().toMillis();
  }

  // --- when

  /** Probes a session now, or as soon as the probe under way has ended. */
  void probe(LiveTask live) {
    if (live.probing || live.task.status() == TaskStatus.STARTING) {
      live.probeAgain = true;
      return;
    }
    if (!live.mayBeAtWork()) {
      return;
    }
    if (live.task.session() == null || live.promptedMillis == 0) {
      // What it is being told has to reach it first.
      live.probeAgain = true;
      return;
    }
    timers.cancel(live.nextProbe);
    live.nextProbe = null;
    live.probeAgain = false;
    begin(live, live.isBeingStopped() || !live.working || live.listed != null);
  }

  /**
   * Probes a session, whatever is under way.
   *
   * @param withStatus whether the host is asked what the session does even if its messages tell
   *     enough
   */
  void begin(LiveTask live, boolean withStatus) {
    live.probing = true;
    live.probeIsStale = false;
    live.probedMillis = unit.now();
    unit.effect(
        new Effect.Probe(
            live.task.id(),
            live.task.activation(),
            live.session(),
            live.task.promptId(),
            live.firstPromptId,
            withStatus));
  }

  /**
   * Nothing was heard of a task for a time, and time stood still for it: it is probed before it is
   * judged for being late, or that time has come.
   */
  void afterPause(LiveTask live, long unseenUntilMillis) {
    TaskStatus status = live.task.status();
    if (status.terminal() || status == TaskStatus.PENDING) {
      return;
    }
    if (live.unseenUntilMillis <= unit.now()) {
      // Another pause while it is waited for does not put it off any further.
      live.unseenUntilMillis = unseenUntilMillis;
    }
    live.probeIsStale = live.probing;
    if (live.isBeingStopped() && live.task.session() != null && live.promptedMillis != 0) {
      // What it was told before may be lost; that it was told again is followed by a probe.
      unit.effect(new Effect.Abort(live.task.id(), live.session()));
    } else {
      probe(live);
    }
  }

  /** The host has taken a message, or perhaps has. */
  void onMessageTaken(LiveTask live, boolean certain) {
    if (!certain) {
      probeAfter(live, FIRST_PROBE_MILLIS);
    } else if (live.complaint != null || live.probeAgain) {
      probe(live);
    }
  }

  /**
   * A probe has failed.
   *
   * @return whether that is all that can be known now of a task that was not seen since a pause
   */
  boolean failed(LiveTask live) {
    live.probing = false;
    if (live.task.session() == null) {
      return false;
    }
    if (live.probeIsStale) {
      probe(live);
      return false;
    }
    if (live.isBeingStopped()) {
      abortAgain(live);
    } else if (!live.task.status().terminal()) {
      live.inconclusiveProbes++;
      probeAfter(live, backOff(live));
    }
    return true;
  }

  private void probeAfter(LiveTask live, long delayMillis) {
    again(live, delayMillis, new TimedEvent.ProbeDue(live));
  }

  private void again(LiveTask live, long delayMillis, TimedEvent event) {
    timers.cancel(live.nextProbe);
    live.nextProbe = timers.at(unit.now() + delayMillis, event);
  }

  /** It is time for another probe. */
  void due(LiveTask live) {
    live.nextProbe = null;
    probe(live);
  }

  /** It is time to tell the session of a task once more to stop. */
  void abortDue(LiveTask live) {
    live.nextProbe = null;
    unit.effect(new Effect.Abort(live.task.id(), live.session()));
  }

  private long backOff(LiveTask live) {
    return Math.min(
        beatMillis, FIRST_PROBE_MILLIS << Math.min(Math.max(0, live.inconclusiveProbes - 1), 16));
  }

  // --- what it means

  /** Notes how far the agent is; tells whether it is further than it was last known to be. */
  boolean note(LiveTask live, ProbeResult result) {
    boolean known = live.howFarKnown();
    boolean moved =
        live.fingerprintMillis != 0 && result.progressFingerprint() != live.progressFingerprint;
    if (moved) {
      // It was at work between the two probes.
      live.idleSinceMillis = 0;
    }
    live.progressFingerprint = result.progressFingerprint();
    live.fingerprintMillis = unit.now();
    return known && moved;
  }

  /** What a probe means; sets the time of the next where it shows nothing conclusive. */
  ProbeOutcome judge(LiveTask live, ProbeResult result) {
    if (live.task.status() == TaskStatus.CANCELLING) {
      return stopping(live, result);
    }
    if (result.kind() == ProbeResult.Kind.NOT_FOUND) {
      return new ProbeOutcome.NotFound();
    }
    if (live.beingInterrupted()) {
      return interrupting(live, result);
    }
    boolean conclusive = result.kind().conclusive();
    if (mayStillBegin(live) || (conclusive && result.busy())) {
      // Whatever it shows may be over in a moment, or is over already.
      return inconclusive(live, backOffOnce(live));
    }
    return conclusive ? concluded(live, result) : undecided(live, result);
  }

  private long backOffOnce(LiveTask live) {
    live.inconclusiveProbes++;
    return backOff(live);
  }

  private ProbeOutcome inconclusive(LiveTask live, long delayMillis) {
    probeAfter(live, delayMillis);
    return ProbeOutcome.NOTHING;
  }

  private ProbeOutcome concluded(LiveTask live, ProbeResult result) {
    boolean broken = result.kind() == ProbeResult.Kind.BROKEN;
    if (broken && result.failure() != null && !result.failure().aborted()) {
      return new ProbeOutcome.Broken(result, result.failure().message());
    }
    if (broken || result.kind() == ProbeResult.Kind.STOPPED) {
      return new ProbeOutcome.Interrupted(result, "its session was stopped in the host");
    }
    ParentSession own = registry.parent(live.session());
    if (own == null || !own.unsettled()) {
      return new ProbeOutcome.Finished(result);
    }
    live.inconclusiveProbes = 0;
    unit.signal(new Signal.ParentIdle(own));
    return new ProbeOutcome.WaitsForOwn(own.beingWoken());
  }

  private ProbeOutcome undecided(LiveTask live, ProbeResult result) {
    if (result.busy()) {
      live.idleSinceMillis = 0;
      live.inconclusiveProbes = 0;
      return new ProbeOutcome.AtWork();
    }
    boolean stillIdle = live.idleSinceMillis != 0;
    if (!stillIdle) {
      live.idleSinceMillis = unit.now();
    }
    if (inStartUp(live)) {
      live.inconclusiveProbes++;
      return inconclusive(live, Math.min(beatMillis, START_UP_MILLIS));
    }
    boolean unprompted = result.kind() == ProbeResult.Kind.UNPROMPTED;
    boolean nothingYet = unprompted || result.kind() == ProbeResult.Kind.SILENT;
    if (nothingYet && live.complaint != null) {
      return new ProbeOutcome.Complained(live.complaint.message(), unprompted);
    }
    if (stillIdle && result.kind() == ProbeResult.Kind.FAILED_CALL) {
      return new ProbeOutcome.Interrupted(
          result, "a tool call of its agent was refused in the host, which has stopped it");
    }
    return unprompted ? new ProbeOutcome.Unprompted(result) : idle(live, result);
  }

  /** A session is idle, and nothing is done about it: it is waited for, but not for ever. */
  ProbeOutcome idle(LiveTask live, ProbeResult result) {
    if (unit.now() - live.idleSinceMillis >= settings.lostAfter().toMillis()) {
      return new ProbeOutcome.Lost(result, lossOf(result));
    }
    return inconclusive(live, backOffOnce(live));
  }

  /**
   * Whether a probe began so soon after the prompt that the session may just not be seen at work.
   */
  private static boolean inStartUp(LiveTask live) {
    return live.probedMillis - live.promptedMillis < START_UP_MILLIS;
  }

  /** Whether something is under way to the session that would set it to work. */
  private boolean mayStillBegin(LiveTask live) {
    return live.beingTold() || mayBeWoken(live);
  }

  /** Whether a notice to the session is under way that sets it to work. */
  private boolean mayBeWoken(LiveTask live) {
    ParentSession own = registry.parent(live.session());
    return own != null && own.mayBeWoken();
  }

  private String lossOf(ProbeResult result) {
    String seen =
        switch (result.kind()) {
          case UNPROMPTED -> "the host took the prompt, but it never reached the session";
          case SILENT -> "its agent never began to answer";
          default -> "its agent stopped in the middle of a message";
        };
    return seen + "; its session has been idle for " + settings.lostAfter().toSeconds() + " s";
  }

  // --- stopping

  private ProbeOutcome stopping(LiveTask live, ProbeResult result) {
    boolean notFound = result.kind() == ProbeResult.Kind.NOT_FOUND;
    if (notFound || (quiet(live, result) && !mayStillBegin(live))) {
      return new ProbeOutcome.Stopped(result);
    }
    abortAgain(live);
    return ProbeOutcome.NOTHING;
  }

  private ProbeOutcome interrupting(LiveTask live, ProbeResult result) {
    boolean quiet = quiet(live, result) && !mayBeWoken(live);
    long triedMillis = unit.now() - live.queue().interruptingSinceMillis;
    if (quiet || triedMillis >= settings.cancelGrace().toMillis()) {
      return new ProbeOutcome.InterruptEnded(quiet);
    }
    abortAgain(live);
    return ProbeOutcome.NOTHING;
  }

  private static boolean quiet(LiveTask live, ProbeResult result) {
    // What began while the probe was under way, it need not show.
    boolean maySinceHaveBegun = live.heardAtWorkMillis >= live.probedMillis;
    return !result.busy()
        && (result.kind().conclusive() || (!inStartUp(live) && !maySinceHaveBegun));
  }

  /**
   * An abort does nothing to a session that has not begun yet: it is told until it is quiet. Most
   * are after a moment, and somebody waits for it.
   */
  private void abortAgain(LiveTask live) {
    live.inconclusiveProbes++;
    live.probeAgain = false;
    again(
        live,
        Math.min(backOff(live), FIRST_STOP_MILLIS << Math.min(live.inconclusiveProbes - 1, 16)),
        new TimedEvent.AbortDue(live));
  }
}
