package dev.sideline.background.engine;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * SessionProber at the sessions of tasks, and decides what it means what they show. Only what a
 * look shows ends a task; events say no more than that it is time for one.
 */
final class SessionProber implements MessageSender.Listener {

  private static final long FIRST_LOOK_MILLIS = 1_000;

  /** Until a session that was told to stop is looked at again, at first. */
  private static final long FIRST_STOP_MILLIS = 100;

  /** A session that was prompted may need this long until the host shows it at work. */
  private static final long START_UP_MILLIS = 3_000;

  private final Settings.Sessions settings;
  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final long beatMillis;
  private @Nullable Verdicts verdicts;

  SessionProber(
      Settings settings,
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Slots slots,
      Lifecycle lifecycle) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.beatMillis = this.settings.reconcileEvery().toMillis();
  }

  /** What is done about what probes show; given once, before the first look. */
  void verdicts(Verdicts theirs) {
    verdicts = theirs;
  }

  private Verdicts verdicts() {
    return Objects.requireNonNull(verdicts, "verdicts");
  }

  // --- when

  /** SessionProber at a session now, or as soon as the look under way has ended. */
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
    if (live.nextProbe != null) {
      timers.cancel(live.nextProbe);
      live.nextProbe = null;
    }
    live.probeAgain = false;
    lifecycle.probe(live, live.isBeingStopped() || !live.working || live.listed != null);
  }

  /**
   * Nothing was heard of a task for a time, and time stood still for it: it is looked at before it
   * is judged for being late, or that time has come.
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
      // What it was told before may be lost; that it was told again is followed by a look.
      unit.effect(new Effect.Abort(live.task.id(), live.session()));
    } else {
      probe(live);
    }
  }

  @Override
  public void prompted(LiveTask live, boolean certain) {
    if (!certain) {
      probeAfter(live, FIRST_LOOK_MILLIS);
    } else if (live.complaint != null || live.probeAgain) {
      probe(live);
    }
  }

  void failed(LiveTask live) {
    live.probing = false;
    if (live.task.session() == null) {
      return;
    }
    if (live.probeIsStale) {
      probe(live);
      return;
    }
    if (live.isBeingStopped()) {
      abortAgain(live);
    } else if (!live.task.status().terminal()) {
      live.inconclusiveProbes++;
      probeAfter(live, backOff(live));
    }
    seen(live);
  }

  private void probeAfter(LiveTask live, long delayMillis) {
    again(live, delayMillis, () -> probe(live));
  }

  private void again(LiveTask live, long delayMillis, Runnable action) {
    if (live.nextProbe != null) {
      timers.cancel(live.nextProbe);
    }
    live.nextProbe =
        timers.at(
            unit.now() + delayMillis,
            () -> {
              live.nextProbe = null;
              action.run();
            });
  }

  private long backOff(LiveTask live) {
    return Math.min(
        beatMillis, FIRST_LOOK_MILLIS << Math.min(Math.max(0, live.inconclusiveProbes - 1), 16));
  }

  // --- what it means

  void shown(LiveTask live, int activation, ProbeResult result) {
    boolean current = activation == live.task.activation() && !live.probeIsStale;
    judge(live, current, result);
    live.listed = null;
    if (current) {
      seen(live);
    }
  }

  private void seen(LiveTask live) {
    if (live.unseenUntilMillis != 0) {
      live.unseenUntilMillis = 0;
      verdicts().seen(live);
    }
  }

  private void judge(LiveTask live, boolean current, ProbeResult result) {
    live.probing = false;
    if (live.task.session() == null || !live.mayBeAtWork()) {
      return;
    }
    live.report(result);
    verdicts().used(live);
    if (!current) {
      probe(live);
      return;
    }
    if (live.task.status().terminal()) {
      return;
    }
    note(live, result);
    if (live.task.status() == TaskStatus.CANCELLING) {
      stopping(live, result);
    } else if (result.kind() == ProbeResult.Kind.NOT_FOUND) {
      onSessionDeleted(live);
    } else if (live.beingInterrupted()) {
      interrupting(live, result);
    } else if (mayStillBegin(live) || (result.kind().conclusive() && result.busy())) {
      // Whatever it shows may be over in a moment, or is over already.
      live.inconclusiveProbes++;
      probeAfter(live, backOff(live));
    } else if (result.kind().conclusive()) {
      conclude(live, result);
    } else {
      undecided(live, result);
    }
    if (live.probeAgain && !live.task.status().terminal()) {
      probe(live);
    }
  }

  /** Notes how far the agent is; that it has got further is a sign of life. */
  private void note(LiveTask live, ProbeResult result) {
    boolean known = live.howFarKnown();
    boolean moved =
        live.fingerprintMillis != 0 && result.progressFingerprint() != live.progressFingerprint;
    boolean further = known && moved;
    if (moved) {
      // It was at work between the two probes.
      live.idleSinceMillis = 0;
    }
    live.progressFingerprint = result.progressFingerprint();
    live.fingerprintMillis = unit.now();
    if (live.verifyingSilence) {
      verdicts().silenceVerified(live, further || result.kind().conclusive());
    } else if (further) {
      live.signOfLife(unit.now());
    }
  }

  @Override
  public void unprompted(LiveTask live) {
    probe(live);
  }

  @Override
  public void onSessionDeleted(LiveTask live) {
    if (live.task.status() == TaskStatus.CANCELLING) {
      lifecycle.endStopped(live);
    } else {
      lifecycle.end(live, Reason.SESSION_DELETED, "its session was deleted");
    }
  }

  private void conclude(LiveTask live, ProbeResult result) {
    switch (result.kind()) {
      case BROKEN -> {
        if (result.failure() == null || result.failure().aborted()) {
          interruptedInHost(live, result);
        } else if (!verdicts().failed(live, false)) {
          String why = result.failure().message();
          lifecycle.end(live, Reason.SESSION_ERROR, why, result.text(), result.textDropped());
        }
      }
      case STOPPED -> interruptedInHost(live, result);
      default -> {
        verdicts().callerStopped(live);
        ParentSession own = registry.parent(live.session());
        if (own != null && own.unsettled()) {
          waitsForOwn(live, own);
        } else {
          verdicts().finished(live, result);
        }
      }
    }
  }

  /** Its agent has said something and waits for tasks of its own, which will wake it. */
  private void waitsForOwn(LiveTask live, ParentSession own) {
    live.inconclusiveProbes = 0;
    if (!own.beingWoken()) {
      slots.release(live);
    }
    lifecycle.notifications().parentIdle(own);
  }

  private void interruptedInHost(LiveTask live, ProbeResult result) {
    interrupted(live, result, "its session was stopped in the host");
  }

  private void interrupted(LiveTask live, ProbeResult result, String why) {
    lifecycle.end(live, Reason.INTERRUPTED, why, result.text(), result.textDropped());
  }

  private void undecided(LiveTask live, ProbeResult result) {
    if (result.busy()) {
      live.idleSinceMillis = 0;
      live.inconclusiveProbes = 0;
      verdicts().atWork(live);
      if (!live.isHeld() && live.onAcquired == null) {
        // Somebody has set it to work in the host.
        slots.acquireForced(live);
      }
      return;
    }
    boolean stillIdle = live.idleSinceMillis != 0;
    if (!stillIdle) {
      live.idleSinceMillis = unit.now();
    }
    boolean unprompted = result.kind() == ProbeResult.Kind.UNPROMPTED;
    boolean nothingYet = unprompted || result.kind() == ProbeResult.Kind.SILENT;
    if (inStartUp(live)) {
      live.inconclusiveProbes++;
      probeAfter(live, Math.min(beatMillis, START_UP_MILLIS));
      return;
    }
    if (nothingYet && live.complaint != null) {
      if (!verdicts().failed(live, unprompted)) {
        lifecycle.end(live, Reason.SESSION_ERROR, live.complaint.message());
      }
      return;
    }
    if (stillIdle && result.kind() == ProbeResult.Kind.FAILED_CALL) {
      interrupted(
          live, result, "a tool call of its agent was refused in the host, which has stopped it");
      return;
    }
    if (unprompted && verdicts().repeat(live)) {
      return;
    }
    if (unit.now() - live.idleSinceMillis >= settings.lostAfter().toMillis()) {
      lifecycle.end(live, Reason.LOST, lossOf(result), result.text(), result.textDropped());
      return;
    }
    live.inconclusiveProbes++;
    probeAfter(live, backOff(live));
  }

  /**
   * Whether a look began so soon after the prompt that the session may just not be seen at work.
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

  private void stopping(LiveTask live, ProbeResult result) {
    if (result.kind() == ProbeResult.Kind.NOT_FOUND
        || (quiet(live, result) && !mayStillBegin(live))) {
      lifecycle.endStopped(live, result.text(), result.textDropped());
    } else {
      abortAgain(live);
    }
  }

  private void interrupting(LiveTask live, ProbeResult result) {
    MessageQueue queue = live.queue();
    boolean quiet = quiet(live, result) && !mayBeWoken(live);
    long triedMillis = unit.now() - queue.interruptingSinceMillis;
    if (quiet || triedMillis >= settings.cancelGrace().toMillis()) {
      verdicts().interrupted(live, quiet);
    } else {
      abortAgain(live);
    }
  }

  private static boolean quiet(LiveTask live, ProbeResult result) {
    // What began while the look was under way, it need not show.
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
        () -> unit.effect(new Effect.Abort(live.task.id(), live.session())));
  }
}
