package dev.sideline.background.ledger;

import dev.sideline.api.Message.Role;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows the sessions of tasks: takes events as hints, looks at sessions to learn the truth, and
 * looks by itself at those that have been silent.
 */
final class Watch {

  private static final long FIRST_LOOK_MILLIS = 1_000;
  private static final int MAX_PROMPT_REPEATS = 2;

  /** A session that was prompted may need this long until the host shows it at work. */
  private static final long START_UP_MILLIS = 3_000;

  private final Settings settings;
  private final Turn turn;
  private final Agenda agenda;
  private final Roster roster;
  private final Lifecycle lifecycle;
  private final long beatMillis;
  private boolean fetching;

  /** Whether what is being fetched may be older than a loss of events. */
  private boolean fetchAgain;

  private boolean lookAtAll;
  private Agenda.@Nullable Item beat;

  Watch(Settings settings, Turn turn, Agenda agenda, Roster roster, Lifecycle lifecycle) {
    this.settings = settings;
    this.turn = turn;
    this.agenda = agenda;
    this.roster = roster;
    this.lifecycle = lifecycle;
    this.beatMillis = settings.sessions().reconcileEvery().toMillis();
  }

  // --- events

  void observed(SessionEvent event) {
    Entry entry = roster.bySession(event.sessionId());
    if (entry != null && !entry.task.status().terminal()) {
      entry.signOfLife(turn.now());
      ofTask(entry, event);
    }
    if (event instanceof SessionEvent.Deleted deleted) {
      lifecycle.parentDeleted(deleted.sessionId());
    }
  }

  private void ofTask(Entry entry, SessionEvent event) {
    if (event instanceof SessionEvent.PartUpdated part) {
      if (part.toolUse() != null) {
        entry.report(part.toolUse());
      }
      atWork(entry);
    } else if (event instanceof SessionEvent.MessageUpdated updated) {
      if (updated.message().role() == Role.ASSISTANT) {
        entry.report(updated.message().id(), updated.message().usage());
      }
    } else if (event instanceof SessionEvent.StatusChanged changed) {
      status(entry, changed.status());
    } else if (event instanceof SessionEvent.Idle) {
      look(entry);
    } else if (event instanceof SessionEvent.Failed failed) {
      if (entry.complaint == null) {
        // What follows upon the first is most often its echo.
        entry.complaint = failed.failure();
      }
      look(entry);
    } else if (event instanceof SessionEvent.RequestAsked asked) {
      entry.waitsFor(asked.request().text());
      lifecycle.moveActive(entry, TaskStatus.INPUT_REQUIRED);
    } else if (event instanceof SessionEvent.RequestAnswered) {
      backToWork(entry);
    } else if (event instanceof SessionEvent.Deleted) {
      sessionGone(entry);
    }
  }

  private void status(Entry entry, SessionStatus status) {
    switch (status.kind()) {
      case BUSY -> atWork(entry);
      case RETRYING -> {
        entry.waitsFor(status.reason());
        lifecycle.moveActive(entry, TaskStatus.RETRYING);
      }
      case IDLE -> look(entry);
    }
  }

  /** Seen at work; one that waits for an answer is shown as busy all the same. */
  private void atWork(Entry entry) {
    entry.idleSinceMillis = 0;
    lifecycle.reclaimSlot(entry.task.session());
    if (entry.task.status() == TaskStatus.RETRYING) {
      backToWork(entry);
    }
  }

  private void backToWork(Entry entry) {
    entry.waitsFor(null);
    lifecycle.moveActive(entry, TaskStatus.RUNNING);
  }

  private void sessionGone(Entry entry) {
    if (entry.task.status() == TaskStatus.CANCELLING) {
      lifecycle.endStopped(entry, "", 0);
    } else {
      lifecycle.end(entry, Reason.SESSION_DELETED, "its session was deleted", "", 0);
    }
  }

  // --- looking

  /** The prompt was accepted. */
  void prompted(Entry entry) {
    boolean sentAgain = entry.promptedMillis != 0;
    entry.promptedMillis = turn.now();
    entry.repeating = false;
    if (entry.task.status() == TaskStatus.CANCELLING) {
      turn.effect(new Effect.Abort(entry.task.id(), sessionOf(entry)));
      return;
    }
    if (sentAgain) {
      // A look is on the agenda.
      return;
    }
    lifecycle.running(entry);
    if (entry.complaint != null || entry.lookAgain) {
      look(entry);
    }
  }

  /** The prompt was not accepted, or perhaps was. */
  void promptFailed(Entry entry, Code code, String message) {
    boolean useless = code == Code.NOT_FOUND || code == Code.INVALID || code == Code.UNSUPPORTED;
    boolean sentAgain = entry.promptedMillis != 0;
    entry.repeating = false;
    if (code == Code.UNCERTAIN) {
      prompted(entry);
      if (entry.task.status().active() && !sentAgain) {
        lookAfter(entry, FIRST_LOOK_MILLIS);
      }
    } else if (useless || !sentAgain) {
      lifecycle.promptFailed(entry, message);
    }
  }

  /** Looks at a session now, or as soon as the look under way has ended. */
  void look(Entry entry) {
    TaskStatus status = entry.task.status();
    if (entry.looking || status == TaskStatus.STARTING) {
      entry.lookAgain = true;
      return;
    }
    if (!status.active() && status != TaskStatus.CANCELLING) {
      return;
    }
    if (entry.task.session() == null || entry.promptedMillis == 0) {
      return;
    }
    if (entry.nextLook != null) {
      agenda.cancel(entry.nextLook);
      entry.nextLook = null;
    }
    entry.lookAgain = false;
    lifecycle.inspect(entry, status == TaskStatus.CANCELLING);
  }

  void inspected(Entry entry, int activation, Finding finding) {
    entry.looking = false;
    TaskStatus status = entry.task.status();
    if (status.terminal() || status == TaskStatus.STARTING) {
      return;
    }
    entry.report(finding.usage());
    if (activation != entry.task.activation()) {
      look(entry);
      return;
    }
    if (status == TaskStatus.CANCELLING) {
      stopping(entry, finding);
    } else if (mayStillBegin(entry) && finding.kind() != Finding.Kind.GONE) {
      // Whatever it shows may be over in a moment.
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

  void inspectFailed(Entry entry) {
    entry.looking = false;
    if (entry.task.status() == TaskStatus.CANCELLING) {
      abortAgain(entry);
    } else if (!entry.task.status().terminal()) {
      entry.looks++;
      lookAfter(entry, backOff(entry));
    }
  }

  private void conclude(Entry entry, Finding finding) {
    String text = finding.text();
    long dropped = finding.textDropped();
    switch (finding.kind()) {
      case GONE -> sessionGone(entry);
      case BROKEN -> {
        if (finding.failure() != null && !finding.failure().aborted()) {
          lifecycle.end(entry, Reason.SESSION_ERROR, finding.failure().message(), text, dropped);
        } else {
          interrupted(entry, text, dropped);
        }
      }
      case STOPPED -> interrupted(entry, text, dropped);
      default -> {
        Family own = roster.family(sessionOf(entry));
        if (own != null && own.unsettled()) {
          // Its agent has said something and waits for tasks of its own, which will wake it.
          entry.looks = 0;
          if (!own.beingWoken()) {
            lifecycle.waitsForOwn(entry, own);
          }
          return;
        }
        lifecycle.end(entry, text.isEmpty() ? Reason.EMPTY : Reason.OK, null, text, dropped);
      }
    }
  }

  private void interrupted(Entry entry, String text, long dropped) {
    lifecycle.end(entry, Reason.INTERRUPTED, "its session was stopped in the host", text, dropped);
  }

  private void undecided(Entry entry, Finding finding) {
    if (finding.busy()) {
      entry.idleSinceMillis = 0;
      entry.looks = 0;
      entry.signOfLife(turn.now());
      return;
    }
    if (entry.idleSinceMillis == 0) {
      entry.idleSinceMillis = turn.now();
    }
    boolean nothingYet =
        finding.kind() == Finding.Kind.UNPROMPTED || finding.kind() == Finding.Kind.SILENT;
    if (inStartUp(entry)) {
      entry.looks++;
      lookAfter(entry, Math.min(beatMillis, START_UP_MILLIS));
      return;
    }
    if (nothingYet && entry.complaint != null) {
      lifecycle.end(entry, Reason.SESSION_ERROR, entry.complaint.message(), "", 0);
      return;
    }
    if (turn.now() - entry.idleSinceMillis >= settings.sessions().lostAfter().toMillis()) {
      lifecycle.end(entry, Reason.LOST, lossOf(finding), finding.text(), finding.textDropped());
      return;
    }
    // A message that woke it is not sent again: that is for the notice's own delivery.
    if (finding.kind() == Finding.Kind.UNPROMPTED
        && entry.task.activation() == 1
        && entry.promptsRepeated < MAX_PROMPT_REPEATS) {
      entry.promptsRepeated++;
      entry.repeating = true;
      turn.effect(new Effect.SendPrompt(entry.task, entry.task.assignment().prompt()));
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
    Family own = roster.family(sessionOf(entry));
    return entry.repeating || (own != null && own.mayBeWoken());
  }

  private String lossOf(Finding finding) {
    String seen =
        switch (finding.kind()) {
          case UNPROMPTED -> "the host took the prompt, but it never reached the session";
          case SILENT -> "its agent never began to answer";
          default -> "its agent stopped in the middle of a message";
        };
    return seen
        + "; its session has been idle for "
        + settings.sessions().lostAfter().toSeconds()
        + " s";
  }

  private void stopping(Entry entry, Finding finding) {
    boolean over = finding.kind() == Finding.Kind.GONE;
    boolean begun = finding.kind().conclusive() || !inStartUp(entry);
    if (over || (!finding.busy() && begun && !mayStillBegin(entry))) {
      lifecycle.endStopped(entry, finding.text(), finding.textDropped());
      return;
    }
    abortAgain(entry);
  }

  /** An abort does nothing to a session that has not begun yet: it is told until it is quiet. */
  private void abortAgain(Entry entry) {
    entry.looks++;
    entry.lookAgain = false;
    again(
        entry,
        backOff(entry),
        () -> turn.effect(new Effect.Abort(entry.task.id(), sessionOf(entry))));
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

  // --- reconciliation

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
    lifecycle.expireRetained();
    if (fetching) {
      fetchAgain |= all;
    } else if (roster.size() > 0) {
      fetch();
    }
  }

  private void fetch() {
    fetching = true;
    fetchAgain = false;
    turn.effect(new Effect.FetchStatuses());
  }

  void statusesFetched(Map<String, SessionStatus> statuses) {
    if (fetchAgain) {
      fetch();
      return;
    }
    fetching = false;
    boolean all = lookAtAll;
    lookAtAll = false;
    for (Entry entry : roster.entries()) {
      String session = entry.task.session();
      boolean live = entry.task.status().active() || entry.task.status() == TaskStatus.CANCELLING;
      if (!live || session == null) {
        continue;
      }
      boolean silent = turn.now() - entry.lastActivityMillis() >= beatMillis;
      if (!all && !silent) {
        continue;
      }
      SessionStatus status = statuses.get(session);
      if (status == null || status.kind() == SessionStatus.Kind.IDLE) {
        look(entry);
      } else {
        status(entry, status);
      }
    }
  }

  void statusesFailed() {
    if (fetchAgain) {
      fetch();
    } else {
      fetching = false;
    }
  }

  private static String sessionOf(Entry entry) {
    String session = entry.task.session();
    if (session == null) {
      throw new IllegalStateException(entry.task.id() + " has no session");
    }
    return session;
  }
}
