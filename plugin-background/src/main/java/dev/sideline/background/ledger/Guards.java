package dev.sideline.background.ledger;

import dev.sideline.background.ledger.Entry.Ending;
import dev.sideline.background.ledger.Outbox.Message;
import dev.sideline.background.ledger.Outbox.Purpose;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stops tasks that do not end by themselves: that take too long, give no sign of life, use too
 * much, go round in circles, or wait for somebody who does not answer.
 *
 * <p>Looks at all tasks at most once a second, and only when there may be something to do: a timer
 * for each task would take more room than the rest of what is known of it.
 */
final class Guards {

  private static final long NEVER = Long.MAX_VALUE;
  private static final long ROUND_MILLIS = 1_000;

  /** Look for a session, create it, look again; ask what the host offers, prompt. */
  private static final int CALLS_OF_A_TRY = 5;

  private final Settings.Guards settings;
  private final Turn turn;
  private final Barrier barrier;
  private final Agenda agenda;
  private final Roster roster;
  private final Lifecycle lifecycle;
  private final Prompts prompts;
  private final Requests requests;
  private final Looks looks;
  private final boolean treeLimited;
  private final long longestStartMillis;
  private long roundMillis;
  private long lastRoundMillis;
  private Agenda.@Nullable Item round;

  Guards(
      Settings settings,
      Turn turn,
      Barrier barrier,
      Agenda agenda,
      Roster roster,
      Lifecycle lifecycle,
      Prompts prompts,
      Requests requests,
      Looks looks) {
    this.settings = settings.guards();
    this.turn = turn;
    this.barrier = barrier;
    this.agenda = agenda;
    this.roster = roster;
    this.lifecycle = lifecycle;
    this.prompts = prompts;
    this.requests = requests;
    this.looks = looks;
    this.longestStartMillis = longestStartMillis(settings);
    this.treeLimited = !this.settings.perTree().equals(Budget.UNLIMITED);
  }

  // --- what is used

  /** A task has used something. */
  void used(Entry entry) {
    if (!entry.task.status().active()) {
      return;
    }
    int sameCalls = entry.sameCalls();
    if (settings.loopCalls() > 0 && sameCalls >= settings.loopCalls()) {
      String tool = entry.progress().lastTool();
      String detail =
          "it called the tool '" + tool + "' " + sameCalls + " times in a row with the same input";
      lifecycle.stop(entry, new Ending(Reason.LOOP, detail, null));
      return;
    }
    Budget own = entry.task.terms().budget();
    if (!own.equals(Budget.UNLIMITED)) {
      String exceeded = own.exceededBy(entry.spent());
      if (exceeded != null) {
        lifecycle.stop(entry, new Ending(Reason.BUDGET_EXCEEDED, exceeded, null));
        return;
      }
    }
    if (treeLimited) {
      entry.book();
      String exceeded = treeExceeded(entry.family.treeAccount);
      if (exceeded != null) {
        Ending ending = new Ending(Reason.BUDGET_EXCEEDED, exceeded, null);
        barrier.each(
            roster.entriesOfTree(entry.task.root()), other -> lifecycle.stop(other, ending));
      }
    }
  }

  /** How the tasks of a tree have used up what they may; null if they have not. */
  @Nullable String treeExceeded(Account tree) {
    String exceeded = treeLimited ? settings.perTree().exceededBy(tree.spent()) : null;
    return exceeded == null ? null : "all tasks of its tree together: " + exceeded;
  }

  // --- what takes too long

  /** Something was begun that may take too long. */
  void watch(Entry entry) {
    plan(next(entry));
  }

  /** Something may have begun in any task. */
  void watchAll() {
    long next = NEVER;
    for (Entry entry : roster.entries()) {
      next = Math.min(next, next(entry));
    }
    plan(next);
  }

  private void plan(long dueMillis) {
    if (dueMillis == NEVER || (round != null && roundMillis <= dueMillis)) {
      return;
    }
    if (round != null) {
      agenda.cancel(round);
    }
    roundMillis = Math.max(dueMillis, lastRoundMillis + ROUND_MILLIS);
    round =
        agenda.at(
            roundMillis,
            () -> {
              round = null;
              lastRoundMillis = turn.now();
              goRound();
            });
  }

  /** There is nothing to look after any more once all tasks have gone. */
  void restWithoutTasks() {
    if (round != null && roster.size() == 0) {
      agenda.cancel(round);
      round = null;
    }
  }

  private void goRound() {
    List<Entry> late = new ArrayList<>();
    for (Entry entry : roster.entries()) {
      if (due(entry) <= turn.now()) {
        late.add(entry);
      }
    }
    barrier.each(late, this::late);
    watchAll();
  }

  /** When a task has to be thought of again: one that is not at work now may be so by then. */
  private long next(Entry entry) {
    long stall = entry.task.terms().stallMillis();
    boolean mayStall = stall > 0 && isWatched(entry);
    return mayStall ? Math.min(due(entry), turn.now() + stall) : due(entry);
  }

  private static boolean isWatched(Entry entry) {
    return entry.task.status().active() || entry.task.status() == TaskStatus.STARTING;
  }

  private long due(Entry entry) {
    if (!isWatched(entry)) {
      return NEVER;
    }
    long due = deadline(entry);
    for (Request request : entry.requests()) {
      due = Math.min(due, request.dueMillis());
    }
    due = Math.min(due, startEnds(entry));
    due = Math.min(due, Math.min(stallEnds(entry), retryingEnds(entry)));
    return Math.max(due, entry.unseenUntilMillis);
  }

  private static long deadline(Entry entry) {
    long timeout = entry.task.terms().timeoutMillis();
    return timeout == 0 ? NEVER : entry.task.startedMillis() + timeout;
  }

  /** Each try to start ends by itself; this is for one of which nothing is heard at all. */
  private long startEnds(Entry entry) {
    return entry.task.status() == TaskStatus.STARTING
        ? entry.task.startedMillis() + longestStartMillis
        : NEVER;
  }

  /** How long a start can take if each call in each of its tries takes as long as it may. */
  private static long longestStartMillis(Settings settings) {
    long tries = 1L + settings.launches().retries();
    long pauses = 2L * (Prompts.FIRST_RETRY_MILLIS << tries);
    return tries * CALLS_OF_A_TRY * settings.sessions().callTimeout().toMillis() + pauses;
  }

  private long stallEnds(Entry entry) {
    long stall = entry.task.terms().stallMillis();
    boolean atWork = entry.task.status() == TaskStatus.RUNNING && entry.working;
    if (stall == 0 || !atWork || entry.verifyingSilence || entry.beingTold() || entry.checking) {
      return NEVER;
    }
    if (entry.stalledSinceMillis != 0) {
      return settings.onStall() == OnStall.REPORT ? NEVER : entry.stalledSinceMillis + stall;
    }
    return Math.max(entry.lastActivityMillis(), entry.promptedMillis) + stall;
  }

  private long retryingEnds(Entry entry) {
    boolean limited = entry.retryingSinceMillis != 0 && !settings.retrying().isZero();
    return limited && entry.task.status() == TaskStatus.RETRYING
        ? entry.retryingSinceMillis + settings.retrying().toMillis()
        : NEVER;
  }

  private void late(Entry entry) {
    long now = turn.now();
    if (deadline(entry) <= now) {
      String detail =
          "it has not ended within " + entry.task.terms().timeoutMillis() / 1_000 + " s";
      lifecycle.stop(entry, new Ending(Reason.TIMED_OUT, detail, null));
    } else if (startEnds(entry) <= now) {
      prompts.startedInVain(
          entry, "nothing was heard of its start for " + longestStartMillis / 1_000 + " s");
    } else if (retryingEnds(entry) <= now) {
      triedTooLong(entry);
    } else if (stallEnds(entry) <= now) {
      silent(entry);
    }
    for (Request request : List.copyOf(entry.requests())) {
      if (request.isDue(now)) {
        requests.timedOut(entry, request);
      }
    }
  }

  private void triedTooLong(Entry entry) {
    entry.retryingSinceMillis = 0;
    if (!prompts.fallBack(entry, true, false)) {
      String detail =
          "its model was tried again and again for " + settings.retrying().toSeconds() + " s";
      lifecycle.stop(entry, new Ending(Reason.SESSION_ERROR, detail, null));
    }
  }

  private void silent(Entry entry) {
    if (entry.stalledSinceMillis == 0) {
      // Its messages tell whether it was really silent, or only nothing was heard of it.
      entry.verifyingSilence = true;
      looks.look(entry);
      return;
    }
    String detail =
        "it gave no sign of life for more than "
            + (turn.now() - Math.max(entry.lastActivityMillis(), entry.task.startedMillis()))
                / 1_000
            + " s";
    if (settings.onStall() == OnStall.NUDGE && !entry.nudged) {
      entry.nudged = true;
      prompts.send(entry, new Message(Purpose.NUDGE, Instructions.NUDGE, true, null));
    } else {
      Reason reason = settings.onStall() == OnStall.CANCEL ? Reason.CANCELLED : Reason.STALLED;
      lifecycle.stop(entry, new Ending(reason, detail, null));
    }
  }

  /** A look has shown whether a task that was not heard of has got any further. */
  void silenceVerified(Entry entry, boolean further) {
    entry.verifyingSilence = false;
    if (further || entry.task.status() != TaskStatus.RUNNING) {
      entry.signOfLife(turn.now());
    } else if (entry.stalledSinceMillis == 0) {
      entry.stalledSinceMillis = turn.now();
      lifecycle.needsAttention(entry);
    }
    watch(entry);
  }
}
