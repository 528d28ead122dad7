package dev.sideline.background.ledger;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the sessions of tasks, and decides what it means what they show. Only what a look shows
 * ends a task; events say no more than that it is time for one.
 */
final class Looks implements Prompts.Listener {

  private static final long FIRST_LOOK_MILLIS = 1_000;

  /** Until a session that was told to stop is looked at again, at first. */
  private static final long FIRST_STOP_MILLIS = 100;

  /** A session that was prompted may need this long until the host shows it at work. */
  private static final long START_UP_MILLIS = 3_000;

  private final Settings.Sessions settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Roster roster;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final long beatMillis;
  private @Nullable Verdicts verdicts;

  Looks(
      Settings settings,
      Turn turn,
      Agenda agenda,
      Roster roster,
      Slots slots,
      Lifecycle lifecycle) {
    this.settings = settings.sessions();
    this.turn = turn;
    this.agenda = agenda;
    this.roster = roster;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.beatMillis = this.settings.reconcileEvery().toMillis();
  }

  /** What is done about what looks show; given once, before the first look. */
  void verdicts(Verdicts theirs) {
    verdicts = theirs;
  }

  private Verdicts verdicts() {
    return Objects.requireNonNull(verdicts, "verdicts");
  }

  // --- when

  /** Looks at a session now, or as soon as the look under way has ended. */
  void look(Entry entry) {
    if (entry.looking || entry.task.status() == TaskStatus.STARTING) {
      entry.lookAgain = true;
      return;
    }
    if (!entry.mayBeAtWork()) {
      return;
    }
    if (entry.task.session() == null || entry.promptedMillis == 0) {
      // What it is being told has to reach it first.
      entry.lookAgain = true;
      return;
    }
    if (entry.nextLook != null) {
      agenda.cancel(entry.nextLook);
      entry.nextLook = null;
    }
    entry.lookAgain = false;
    lifecycle.inspect(entry, entry.isBeingStopped() || !entry.working || entry.listed != null);
  }

  /**
   * Nothing was heard of a task for a time, and time stood still for it: it is looked at before it
   * is judged for being late, or that time has come.
   */
  void afterPause(Entry entry, long unseenUntilMillis) {
    TaskStatus status = entry.task.status();
    if (status.terminal() || status == TaskStatus.PENDING) {
      return;
    }
    if (entry.unseenUntilMillis <= turn.now()) {
      // Another pause while it is waited for does not put it off any further.
      entry.unseenUntilMillis = unseenUntilMillis;
    }
    entry.lookIsOld = entry.looking;
    if (entry.isBeingStopped() && entry.task.session() != null && entry.promptedMillis != 0) {
      // What it was told before may be lost; that it was told again is followed by a look.
      turn.effect(new Effect.Abort(entry.task.id(), entry.session()));
    } else {
      look(entry);
    }
  }

  @Override
  public void prompted(Entry entry, boolean certain) {
    if (!certain) {
      lookAfter(entry, FIRST_LOOK_MILLIS);
    } else if (entry.complaint != null || entry.lookAgain) {
      look(entry);
    }
  }

  void failed(Entry entry) {
    entry.looking = false;
    if (entry.task.session() == null) {
      return;
    }
    if (entry.lookIsOld) {
      look(entry);
      return;
    }
    if (entry.isBeingStopped()) {
      abortAgain(entry);
    } else if (!entry.task.status().terminal()) {
      entry.looks++;
      lookAfter(entry, backOff(entry));
    }
    seen(entry);
  }

  private void lookAfter(Entry entry, long delayMillis) {
    again(entry, delayMillis, () -> look(entry));
  }

  private void again(Entry entry, long delayMillis, Runnable action) {
    if (entry.nextLook != null) {
      agenda.cancel(entry.nextLook);
    }
    entry.nextLook =
        agenda.at(
            turn.now() + delayMillis,
            () -> {
              entry.nextLook = null;
              action.run();
            });
  }

  private long backOff(Entry entry) {
    return Math.min(beatMillis, FIRST_LOOK_MILLIS << Math.min(Math.max(0, entry.looks - 1), 16));
  }

  // --- what it means

  void shown(Entry entry, int activation, Finding finding) {
    boolean current = activation == entry.task.activation() && !entry.lookIsOld;
    judge(entry, current, finding);
    entry.listed = null;
    if (current) {
      seen(entry);
    }
  }

  private void seen(Entry entry) {
    if (entry.unseenUntilMillis != 0) {
      entry.unseenUntilMillis = 0;
      verdicts().seen(entry);
    }
  }

  private void judge(Entry entry, boolean current, Finding finding) {
    entry.looking = false;
    if (entry.task.session() == null || !entry.mayBeAtWork()) {
      return;
    }
    entry.report(finding);
    verdicts().used(entry);
    if (!current) {
      look(entry);
      return;
    }
    if (entry.task.status().terminal()) {
      return;
    }
    note(entry, finding);
    if (entry.task.status() == TaskStatus.CANCELLING) {
      stopping(entry, finding);
    } else if (finding.kind() == Finding.Kind.GONE) {
      gone(entry);
    } else if (entry.beingInterrupted()) {
      interrupting(entry, finding);
    } else if (mayStillBegin(entry) || (finding.kind().conclusive() && finding.busy())) {
      // Whatever it shows may be over in a moment, or is over already.
      entry.looks++;
      lookAfter(entry, backOff(entry));
    } else if (finding.kind().conclusive()) {
      conclude(entry, finding);
    } else {
      undecided(entry, finding);
    }
    if (entry.lookAgain && !entry.task.status().terminal()) {
      look(entry);
    }
  }

  /** Notes how far the agent is; that it has got further is a sign of life. */
  private void note(Entry entry, Finding finding) {
    boolean known = entry.howFarKnown();
    boolean moved = entry.markedMillis != 0 && finding.mark() != entry.mark;
    boolean further = known && moved;
    if (moved) {
      // It was at work between the two looks.
      entry.idleSinceMillis = 0;
    }
    entry.mark = finding.mark();
    entry.markedMillis = turn.now();
    if (entry.verifyingSilence) {
      verdicts().silenceVerified(entry, further || finding.kind().conclusive());
    } else if (further) {
      entry.signOfLife(turn.now());
    }
  }

  @Override
  public void unprompted(Entry entry) {
    look(entry);
  }

  @Override
  public void gone(Entry entry) {
    if (entry.task.status() == TaskStatus.CANCELLING) {
      lifecycle.endStopped(entry);
    } else {
      lifecycle.end(entry, Reason.SESSION_DELETED, "its session was deleted");
    }
  }

  private void conclude(Entry entry, Finding finding) {
    switch (finding.kind()) {
      case BROKEN -> {
        if (finding.failure() == null || finding.failure().aborted()) {
          interruptedInHost(entry, finding);
        } else if (!verdicts().failed(entry, false)) {
          String why = finding.failure().message();
          lifecycle.end(entry, Reason.SESSION_ERROR, why, finding.text(), finding.textDropped());
        }
      }
      case STOPPED -> interruptedInHost(entry, finding);
      default -> {
        verdicts().callerStopped(entry);
        Family own = roster.family(entry.session());
        if (own != null && own.unsettled()) {
          waitsForOwn(entry, own);
        } else {
          verdicts().finished(entry, finding);
        }
      }
    }
  }

  /** Its agent has said something and waits for tasks of its own, which will wake it. */
  private void waitsForOwn(Entry entry, Family own) {
    entry.looks = 0;
    if (!own.beingWoken()) {
      slots.giveBack(entry);
    }
    lifecycle.announcements().parentIdle(own);
  }

  private void interruptedInHost(Entry entry, Finding finding) {
    interrupted(entry, finding, "its session was stopped in the host");
  }

  private void interrupted(Entry entry, Finding finding, String why) {
    lifecycle.end(entry, Reason.INTERRUPTED, why, finding.text(), finding.textDropped());
  }

  private void undecided(Entry entry, Finding finding) {
    if (finding.busy()) {
      entry.idleSinceMillis = 0;
      entry.looks = 0;
      verdicts().atWork(entry);
      if (!entry.isHeld() && entry.granted == null) {
        // Somebody has set it to work in the host.
        slots.takeAnyway(entry);
      }
      return;
    }
    boolean stillIdle = entry.idleSinceMillis != 0;
    if (!stillIdle) {
      entry.idleSinceMillis = turn.now();
    }
    boolean unprompted = finding.kind() == Finding.Kind.UNPROMPTED;
    boolean nothingYet = unprompted || finding.kind() == Finding.Kind.SILENT;
    if (inStartUp(entry)) {
      entry.looks++;
      lookAfter(entry, Math.min(beatMillis, START_UP_MILLIS));
      return;
    }
    if (nothingYet && entry.complaint != null) {
      if (!verdicts().failed(entry, unprompted)) {
        lifecycle.end(entry, Reason.SESSION_ERROR, entry.complaint.message());
      }
      return;
    }
    if (stillIdle && finding.kind() == Finding.Kind.FAILED_CALL) {
      interrupted(
          entry, finding, "a tool call of its agent was refused in the host, which has stopped it");
      return;
    }
    if (unprompted && verdicts().repeat(entry)) {
      return;
    }
    if (turn.now() - entry.idleSinceMillis >= settings.lostAfter().toMillis()) {
      lifecycle.end(entry, Reason.LOST, lossOf(finding), finding.text(), finding.textDropped());
      return;
    }
    entry.looks++;
    lookAfter(entry, backOff(entry));
  }

  /**
   * Whether a look began so soon after the prompt that the session may just not be seen at work.
   */
  private static boolean inStartUp(Entry entry) {
    return entry.lookedMillis - entry.promptedMillis < START_UP_MILLIS;
  }

  /** Whether something is under way to the session that would set it to work. */
  private boolean mayStillBegin(Entry entry) {
    return entry.beingTold() || mayBeWoken(entry);
  }

  /** Whether a notice to the session is under way that sets it to work. */
  private boolean mayBeWoken(Entry entry) {
    Family own = roster.family(entry.session());
    return own != null && own.mayBeWoken();
  }

  private String lossOf(Finding finding) {
    String seen =
        switch (finding.kind()) {
          case UNPROMPTED -> "the host took the prompt, but it never reached the session";
          case SILENT -> "its agent never began to answer";
          default -> "its agent stopped in the middle of a message";
        };
    return seen + "; its session has been idle for " + settings.lostAfter().toSeconds() + " s";
  }

  // --- stopping

  private void stopping(Entry entry, Finding finding) {
    if (finding.kind() == Finding.Kind.GONE || (quiet(entry, finding) && !mayStillBegin(entry))) {
      lifecycle.endStopped(entry, finding.text(), finding.textDropped());
    } else {
      abortAgain(entry);
    }
  }

  private void interrupting(Entry entry, Finding finding) {
    Outbox outbox = entry.outbox();
    boolean quiet = quiet(entry, finding) && !mayBeWoken(entry);
    long triedMillis = turn.now() - outbox.interruptingSinceMillis;
    if (quiet || triedMillis >= settings.cancelGrace().toMillis()) {
      verdicts().interrupted(entry, quiet);
    } else {
      abortAgain(entry);
    }
  }

  private static boolean quiet(Entry entry, Finding finding) {
    // What began while the look was under way, it need not show.
    boolean maySinceHaveBegun = entry.heardAtWorkMillis >= entry.lookedMillis;
    return !finding.busy()
        && (finding.kind().conclusive() || (!inStartUp(entry) && !maySinceHaveBegun));
  }

  /**
   * An abort does nothing to a session that has not begun yet: it is told until it is quiet. Most
   * are after a moment, and somebody waits for it.
   */
  private void abortAgain(Entry entry) {
    entry.looks++;
    entry.lookAgain = false;
    again(
        entry,
        Math.min(backOff(entry), FIRST_STOP_MILLIS << Math.min(entry.looks - 1, 16)),
        () -> turn.effect(new Effect.Abort(entry.task.id(), entry.session())));
  }
}
