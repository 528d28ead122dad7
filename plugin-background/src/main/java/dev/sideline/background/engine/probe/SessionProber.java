package dev.sideline.background.engine.probe;

import dev.sideline.api.Failure;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.ProbePhase;
import dev.sideline.background.engine.model.Signal;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * Probes the sessions of tasks, and decides what it means what they show. Only what a probe shows
 * ends a task; events say no more than that it is time for one.
 */
public final class SessionProber {

  /** What nobody saw for a time is not judged for this long, unless a probe of it has come back. */
  public static final long UNSEEN_MILLIS = 10_000;

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

  public SessionProber(Settings settings, UnitOfWork unit, Timers timers, TaskRegistry registry) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.beatMillis = this.settings.reconcileEvery().toMillis();
  }

  // --- when

  /** Probes a session now, or as soon as the probe under way has ended. */
  public void probe(LiveTask live) {
    if (live.probe().phase() != ProbePhase.NONE || live.status() == TaskStatus.STARTING) {
      live.probe().want(true);
      return;
    }
    if (!live.mayBeAtWork()) {
      return;
    }
    if (live.record().session() == null || live.probe().promptedMillis() == 0) {
      // What it is being told has to reach it first.
      live.probe().want(true);
      return;
    }
    timers.cancel(live.probe().next());
    live.probe().next(null);
    live.probe().want(false);
    // Whether it works at all is to be known, and not only whether it is done.
    boolean unsure = !live.slot().held() || live.slot().presumed() || live.probe().listed() != null;
    begin(live, live.isBeingStopped() || unsure);
  }

  /**
   * Probes a session, whatever is under way.
   *
   * @param withStatus whether the host is asked what the session does even if its messages tell
   *     enough
   */
  public void begin(LiveTask live, boolean withStatus) {
    live.probe().begin(unit.now());
    unit.effect(
        new Effect.Probe(
            live.record().id(),
            live.record().activation(),
            live.session(),
            live.record().promptId(),
            live.queue().firstPromptId(),
            live.lastMessageOpen(),
            withStatus));
  }

  /**
   * Nothing was heard of a task for a time, and time stood still for it: it is probed before it is
   * judged for being late, or that time has come.
   */
  public void afterPause(LiveTask live, long unseenUntilMillis) {
    TaskStatus status = live.status();
    if (status.terminal() || status == TaskStatus.PENDING) {
      return;
    }
    if (live.probe().unseenUntilMillis() <= unit.now()) {
      // Another pause while it is waited for does not put it off any further.
      live.probe().unseenUntil(unseenUntilMillis);
    }
    live.probe().outdate();
    if (live.isBeingStopped()
        && live.record().session() != null
        && live.probe().promptedMillis() != 0) {
      // What it was told before may be lost; that it was told again is followed by a probe.
      unit.effect(new Effect.Abort(live.record().id(), live.session()));
    } else {
      probe(live);
    }
  }

  /** Nothing was seen of a session while there was no process: that is made good first. */
  public void afterRestart(LiveTask live) {
    live.probe().accepted(unit.now());
    live.probe().restarted(unit.now());
    live.probe().unseenUntil(unit.now() + UNSEEN_MILLIS);
    if (live.isBeingStopped()) {
      unit.effect(new Effect.Abort(live.record().id(), live.session()));
    } else {
      probe(live);
    }
  }

  /** The host has taken a message, or perhaps has. */
  public void onMessageTaken(LiveTask live, boolean certain) {
    if (!certain) {
      probeAfter(live, FIRST_PROBE_MILLIS);
    } else if (live.probe().complaint() != null || live.probe().wanted()) {
      probe(live);
    }
  }

  /**
   * A probe has failed.
   *
   * @return whether that is all that can be known now of a task that was not seen since a pause
   */
  public boolean failed(LiveTask live) {
    boolean stale = live.probe().phase() == ProbePhase.STALE;
    live.probe().ended();
    if (live.record().session() == null) {
      return false;
    }
    if (stale) {
      probe(live);
      return false;
    }
    if (live.isBeingStopped()) {
      abortAgain(live);
    } else if (!live.status().terminal()) {
      live.probe().countInconclusive();
      probeAfter(live, backOff(live));
    }
    return true;
  }

  private void probeAfter(LiveTask live, long delayMillis) {
    again(live, delayMillis, new TimedEvent.ProbeDue(live));
  }

  private void again(LiveTask live, long delayMillis, TimedEvent event) {
    timers.cancel(live.probe().next());
    live.probe().next(timers.at(unit.now() + delayMillis, event));
  }

  /** It is time for another probe. */
  public void due(LiveTask live) {
    live.probe().next(null);
    probe(live);
  }

  /** It is time to tell the session of a task once more to stop. */
  public void abortDue(LiveTask live) {
    live.probe().next(null);
    unit.effect(new Effect.Abort(live.record().id(), live.session()));
  }

  private long backOff(LiveTask live) {
    return Math.min(
        beatMillis,
        FIRST_PROBE_MILLIS << Math.min(Math.max(0, live.probe().inconclusive() - 1), 16));
  }

  // --- what it means

  /** Notes how far the agent is; tells whether it is further than it was last known to be. */
  public boolean note(LiveTask live, ProbeResult result) {
    boolean known = live.howFarKnown();
    boolean moved = live.probe().note(result.progressFingerprint(), unit.now());
    return known && moved;
  }

  /** What a probe means; sets the time of the next where it shows nothing conclusive. */
  public ProbeOutcome judge(LiveTask live, ProbeResult result) {
    if (live.status() == TaskStatus.CANCELLING) {
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
    live.probe().countInconclusive();
    return backOff(live);
  }

  private ProbeOutcome inconclusive(LiveTask live, long delayMillis) {
    probeAfter(live, delayMillis);
    return ProbeOutcome.NOTHING;
  }

  private ProbeOutcome concluded(LiveTask live, ProbeResult result) {
    boolean broken = result.kind() == ProbeResult.Kind.BROKEN;
    if (broken || result.kind() == ProbeResult.Kind.STOPPED) {
      return stoppedOver(broken ? result.failure() : null, result);
    }
    ParentSession own = registry.parent(live.session());
    if (own == null || !own.unsettled()) {
      return new ProbeOutcome.Finished(result);
    }
    live.probe().startAnew();
    unit.signal(new Signal.ParentIdle(own));
    return new ProbeOutcome.WaitsForOwn(own.beingWoken());
  }

  /**
   * An agent has stopped.
   *
   * @param failure over what; null if somebody has stopped it
   */
  private static ProbeOutcome stoppedOver(@Nullable Failure failure, ProbeResult result) {
    if (failure == null || failure.aborted()) {
      return new ProbeOutcome.Interrupted(result, "its session was stopped in the host");
    }
    return failure.interrupted()
        ? new ProbeOutcome.Lost(result, failure.message())
        : new ProbeOutcome.Broken(result, failure.message());
  }

  private ProbeOutcome undecided(LiveTask live, ProbeResult result) {
    if (result.busy()) {
      live.probe().busy();
      return new ProbeOutcome.AtWork();
    }
    boolean stillIdle = live.probe().idle(unit.now());
    if (inStartUp(live)) {
      live.probe().countInconclusive();
      return inconclusive(live, Math.min(beatMillis, START_UP_MILLIS));
    }
    boolean unprompted = result.kind() == ProbeResult.Kind.UNPROMPTED;
    boolean silent = result.kind() == ProbeResult.Kind.SILENT;
    if ((unprompted || silent) && live.probe().complaint() != null) {
      return new ProbeOutcome.Complained(live.probe().complaint().message(), unprompted);
    }
    if (stillIdle && result.kind() == ProbeResult.Kind.FAILED_CALL) {
      return new ProbeOutcome.Interrupted(
          result, "a tool call of its agent was refused in the host, which has stopped it");
    }
    if (silent && live.probe().restartedMillis() != 0) {
      return new ProbeOutcome.Unanswered(result);
    }
    return unprompted ? new ProbeOutcome.Unprompted(result) : idle(live, result);
  }

  /** A session is idle, and nothing is done about it: it is waited for, but not for ever. */
  public ProbeOutcome idle(LiveTask live, ProbeResult result) {
    if (unit.now() - live.probe().idleSinceMillis() >= settings.lostAfter().toMillis()) {
      // A host may tell of an error long before it has written down how the answer has ended.
      Failure over = live.probe().stoppedOver();
      return over == null
          ? new ProbeOutcome.Lost(result, lossOf(result))
          : stoppedOver(over, result);
    }
    return inconclusive(live, backOffOnce(live));
  }

  /**
   * A session that was waited for long enough stays as it is; it is looked at from time to time.
   */
  public void idleAgain(LiveTask live) {
    ProbeOutcome unused = inconclusive(live, backOffOnce(live));
  }

  /**
   * Whether a probe began so soon after the prompt that the session may just not be seen at work.
   */
  private static boolean inStartUp(LiveTask live) {
    return live.probe().begunMillis() - live.probe().promptedMillis() < START_UP_MILLIS;
  }

  /** Whether a probe shows an agent that is not at work, and has had the time to begin. */
  public boolean showsRest(LiveTask live, ProbeResult result) {
    boolean unprompted = result.kind() == ProbeResult.Kind.UNPROMPTED && !isJustFound(live);
    boolean begun = result.kind().conclusive() || unprompted;
    return !result.busy() && (begun || !inStartUp(live)) && !mayBeWoken(live);
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
    long triedMillis = unit.now() - live.queue().interruptingSinceMillis();
    if (quiet || triedMillis >= settings.cancelGrace().toMillis()) {
      return new ProbeOutcome.InterruptEnded(quiet);
    }
    abortAgain(live);
    return ProbeOutcome.NOTHING;
  }

  private boolean quiet(LiveTask live, ProbeResult result) {
    if (result.busy() || isJustFound(live)) {
      return false;
    }
    if (result.kind().conclusive()) {
      return true;
    }
    // Its messages were read before it was seen idle, and may lack what it has said at last.
    boolean stillIdle = live.probe().idle(unit.now());
    // What began while the probe was under way, it need not show.
    boolean maySinceHaveBegun = live.probe().heardAtWorkMillis() >= live.probe().begunMillis();
    return stillIdle && !inStartUp(live) && !maySinceHaveBegun;
  }

  /**
   * Whether a probe began so soon after a restart that what was under way to the session when the
   * process ended may set it to work yet.
   */
  private static boolean isJustFound(LiveTask live) {
    long restarted = live.probe().restartedMillis();
    return restarted != 0 && live.probe().begunMillis() - restarted < START_UP_MILLIS;
  }

  /**
   * An abort does nothing to a session that has not begun yet: it is told until it is quiet. Most
   * are after a moment, and somebody waits for it.
   */
  private void abortAgain(LiveTask live) {
    live.probe().countInconclusive();
    live.probe().want(false);
    again(
        live,
        Math.min(backOff(live), FIRST_STOP_MILLIS << Math.min(live.probe().inconclusive() - 1, 16)),
        new TimedEvent.AbortDue(live));
  }
}
