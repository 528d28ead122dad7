package dev.sideline.background.engine;

import dev.sideline.background.engine.LiveTask.Ending;
import dev.sideline.background.engine.MessageQueue.Message;
import dev.sideline.background.engine.MessageQueue.Purpose;
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
 * <p>SessionProber at all tasks at most once a second, and only when there may be something to do:
 * a timer for each task would take more room than the rest of what is known of it.
 */
final class Watchdog {

  private static final long NEVER = Long.MAX_VALUE;
  private static final long ROUND_MILLIS = 1_000;

  /** Look for a session, create it, look again; ask what the host offers, prompt. */
  private static final int CALLS_OF_A_TRY = 5;

  private final Settings.Watchdog settings;
  private final UnitOfWork unit;
  private final Barrier barrier;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Lifecycle lifecycle;
  private final MessageSender messages;
  private final Requests requests;
  private final SessionProber prober;
  private final boolean treeLimited;
  private final long longestStartMillis;
  private long roundMillis;
  private long lastRoundMillis;
  private Timers.@Nullable Timer round;

  Watchdog(
      Settings settings,
      UnitOfWork unit,
      Barrier barrier,
      Timers timers,
      TaskRegistry registry,
      Lifecycle lifecycle,
      MessageSender messages,
      Requests requests,
      SessionProber prober) {
    this.settings = settings.watchdog();
    this.unit = unit;
    this.barrier = barrier;
    this.timers = timers;
    this.registry = registry;
    this.lifecycle = lifecycle;
    this.messages = messages;
    this.requests = requests;
    this.prober = prober;
    this.longestStartMillis = longestStartMillis(settings);
    this.treeLimited = !this.settings.perTree().equals(Budget.UNLIMITED);
  }

  // --- what is used

  /** A task has used something. */
  void used(LiveTask live) {
    if (!live.task.status().active()) {
      return;
    }
    int sameCalls = live.sameCalls();
    if (settings.loopCalls() > 0 && sameCalls >= settings.loopCalls()) {
      String tool = live.progress().lastTool();
      String detail =
          "it called the tool '" + tool + "' " + sameCalls + " times in a row with the same input";
      lifecycle.stop(live, new Ending(Reason.LOOP, detail, null));
      return;
    }
    Budget own = live.task.options().budget();
    if (!own.equals(Budget.UNLIMITED)) {
      String exceeded = own.exceededBy(live.spent());
      if (exceeded != null) {
        lifecycle.stop(live, new Ending(Reason.BUDGET_EXCEEDED, exceeded, null));
        return;
      }
    }
    if (treeLimited) {
      live.book();
      String exceeded = treeExceeded(live.parent.treeAccount);
      if (exceeded != null) {
        Ending ending = new Ending(Reason.BUDGET_EXCEEDED, exceeded, null);
        barrier.each(
            registry.entriesOfTree(live.task.root()), other -> lifecycle.stop(other, ending));
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
  void watch(LiveTask live) {
    plan(next(live));
  }

  /** Something may have begun in any task. */
  void watchAll() {
    long next = NEVER;
    for (LiveTask live : registry.entries()) {
      next = Math.min(next, next(live));
    }
    plan(next);
  }

  private void plan(long dueMillis) {
    if (dueMillis == NEVER || (round != null && roundMillis <= dueMillis)) {
      return;
    }
    if (round != null) {
      timers.cancel(round);
    }
    roundMillis = Math.max(dueMillis, lastRoundMillis + ROUND_MILLIS);
    round =
        timers.at(
            roundMillis,
            () -> {
              round = null;
              lastRoundMillis = unit.now();
              goRound();
            });
  }

  /** There is nothing to look after any more once all tasks have gone. */
  void restWithoutTasks() {
    if (round != null && registry.size() == 0) {
      timers.cancel(round);
      round = null;
    }
  }

  private void goRound() {
    List<LiveTask> late = new ArrayList<>();
    for (LiveTask live : registry.entries()) {
      if (due(live) <= unit.now()) {
        late.add(live);
      }
    }
    barrier.each(late, this::late);
    watchAll();
  }

  /** When a task has to be thought of again: one that is not at work now may be so by then. */
  private long next(LiveTask live) {
    long stall = live.task.options().stallMillis();
    boolean mayStall = stall > 0 && isWatched(live);
    return mayStall ? Math.min(due(live), unit.now() + stall) : due(live);
  }

  private static boolean isWatched(LiveTask live) {
    return live.task.status().active() || live.task.status() == TaskStatus.STARTING;
  }

  private long due(LiveTask live) {
    if (!isWatched(live)) {
      return NEVER;
    }
    long due = deadline(live);
    for (Request request : live.requests()) {
      due = Math.min(due, request.dueMillis());
    }
    due = Math.min(due, startEnds(live));
    due = Math.min(due, Math.min(stallEnds(live), retryingEnds(live)));
    return Math.max(due, live.unseenUntilMillis);
  }

  private static long deadline(LiveTask live) {
    long timeout = live.task.options().timeoutMillis();
    return timeout == 0 ? NEVER : live.task.startedMillis() + timeout;
  }

  /** Each try to start ends by itself; this is for one of which nothing is heard at all. */
  private long startEnds(LiveTask live) {
    return live.task.status() == TaskStatus.STARTING
        ? live.task.startedMillis() + longestStartMillis
        : NEVER;
  }

  /** How long a start can take if each call in each of its tries takes as long as it may. */
  private static long longestStartMillis(Settings settings) {
    long tries = 1L + settings.launches().retries();
    long pauses = 2L * (MessageSender.FIRST_RETRY_MILLIS << tries);
    return tries * CALLS_OF_A_TRY * settings.sessions().callTimeout().toMillis() + pauses;
  }

  private long stallEnds(LiveTask live) {
    long stall = live.task.options().stallMillis();
    boolean atWork = live.task.status() == TaskStatus.RUNNING && live.working;
    if (stall == 0 || !atWork || live.verifyingSilence || live.beingTold() || live.checking) {
      return NEVER;
    }
    if (live.stalledSinceMillis != 0) {
      return settings.onStall() == OnStall.REPORT ? NEVER : live.stalledSinceMillis + stall;
    }
    return Math.max(live.lastActivityMillis(), live.promptedMillis) + stall;
  }

  private long retryingEnds(LiveTask live) {
    boolean limited = live.retryingSinceMillis != 0 && !settings.retrying().isZero();
    return limited && live.task.status() == TaskStatus.RETRYING
        ? live.retryingSinceMillis + settings.retrying().toMillis()
        : NEVER;
  }

  private void late(LiveTask live) {
    long now = unit.now();
    if (deadline(live) <= now) {
      String detail =
          "it has not ended within " + live.task.options().timeoutMillis() / 1_000 + " s";
      lifecycle.stop(live, new Ending(Reason.TIMED_OUT, detail, null));
    } else if (startEnds(live) <= now) {
      messages.startedInVain(
          live, "nothing was heard of its start for " + longestStartMillis / 1_000 + " s");
    } else if (retryingEnds(live) <= now) {
      triedTooLong(live);
    } else if (stallEnds(live) <= now) {
      silent(live);
    }
    for (Request request : List.copyOf(live.requests())) {
      if (request.isDue(now)) {
        requests.timedOut(live, request);
      }
    }
  }

  private void triedTooLong(LiveTask live) {
    live.retryingSinceMillis = 0;
    if (!messages.fallBack(live, true, false)) {
      String detail =
          "its model was tried again and again for " + settings.retrying().toSeconds() + " s";
      lifecycle.stop(live, new Ending(Reason.SESSION_ERROR, detail, null));
    }
  }

  private void silent(LiveTask live) {
    if (live.stalledSinceMillis == 0) {
      // Its messages tell whether it was really silent, or only nothing was heard of it.
      live.verifyingSilence = true;
      prober.probe(live);
      return;
    }
    String detail =
        "it gave no sign of life for more than "
            + (unit.now() - Math.max(live.lastActivityMillis(), live.task.startedMillis())) / 1_000
            + " s";
    if (settings.onStall() == OnStall.NUDGE && !live.nudged) {
      live.nudged = true;
      messages.send(live, new Message(Purpose.NUDGE, Instructions.NUDGE, true, null));
    } else {
      Reason reason = settings.onStall() == OnStall.CANCEL ? Reason.CANCELLED : Reason.STALLED;
      lifecycle.stop(live, new Ending(reason, detail, null));
    }
  }

  /** A look has shown whether a task that was not heard of has got any further. */
  void silenceVerified(LiveTask live, boolean further) {
    live.verifyingSilence = false;
    if (further || live.task.status() != TaskStatus.RUNNING) {
      live.signOfLife(unit.now());
    } else if (live.stalledSinceMillis == 0) {
      live.stalledSinceMillis = unit.now();
      lifecycle.requestAttention(live);
    }
    watch(live);
  }
}
