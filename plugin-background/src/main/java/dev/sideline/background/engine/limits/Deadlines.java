package dev.sideline.background.engine.limits;

import dev.sideline.background.engine.messaging.MessageSender;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.Request;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnStall;
import dev.sideline.background.task.TaskStatus;

/** Until when a task may go on as it does. All times are in epoch milliseconds. */
public final class Deadlines {

  /** A time that does not come. */
  static final long NEVER = Long.MAX_VALUE;

  /** Look for a session, create it, look again; ask what the host offers, prompt. */
  private static final int CALLS_OF_A_TRY = 5;

  private final Settings.Watchdog settings;
  private final long longestStartMillis;

  public Deadlines(Settings settings) {
    this.settings = settings.watchdog();
    this.longestStartMillis = longestStartMillis(settings);
  }

  /** How long a start can take if each call in each of its tries takes as long as it may. */
  private static long longestStartMillis(Settings settings) {
    long tries = 1L + settings.launches().retries();
    long pauses = 2L * (MessageSender.FIRST_RETRY_MILLIS << tries);
    return tries * CALLS_OF_A_TRY * settings.sessions().callTimeout().toMillis() + pauses;
  }

  /** The same as a duration. */
  long longestStartMillis() {
    return longestStartMillis;
  }

  /** When a task has to be thought of again: one that is not at work now may be so by then. */
  long next(LiveTask live, long nowMillis) {
    long stall = live.record().options().stallMillis();
    boolean mayStall = stall > 0 && isWatched(live);
    return mayStall ? Math.min(first(live), nowMillis + stall) : first(live);
  }

  private static boolean isWatched(LiveTask live) {
    return live.status().active() || live.status() == TaskStatus.STARTING;
  }

  /** The first of all. */
  long first(LiveTask live) {
    if (!isWatched(live)) {
      return NEVER;
    }
    long due = ofTask(live);
    for (Request request : live.requests()) {
      due = Math.min(due, request.dueMillis());
    }
    due = Math.min(due, ofStart(live));
    due = Math.min(due, Math.min(ofSilence(live), ofRetrying(live)));
    return Math.max(due, live.probe().unseenUntilMillis());
  }

  /** Until when it may take. */
  long ofTask(LiveTask live) {
    long timeout = live.record().options().timeoutMillis();
    return timeout == 0 ? NEVER : live.record().startedMillis() + timeout;
  }

  /**
   * Each try to start ends by itself; this is for one of which nothing is heard at all, since it
   * began or the process did.
   */
  long ofStart(LiveTask live) {
    return live.status() == TaskStatus.STARTING
        ? live.recordState().changedMillis() + longestStartMillis
        : NEVER;
  }

  /** Until when it may give no sign of life. */
  long ofSilence(LiveTask live) {
    long stall = live.record().options().stallMillis();
    boolean atWork = live.status() == TaskStatus.RUNNING && live.slot().held();
    if (stall == 0
        || !atWork
        || live.verifyingSilence()
        || live.beingTold()
        || live.answerBeingChecked()) {
      return NEVER;
    }
    if (live.stalledSinceMillis() != 0) {
      return settings.onStall() == OnStall.REPORT ? NEVER : live.stalledSinceMillis() + stall;
    }
    return Math.max(live.lastActivityMillis(), live.probe().promptedMillis()) + stall;
  }

  /** Until when the host may try its model again. */
  long ofRetrying(LiveTask live) {
    boolean limited = live.retryingSinceMillis() != 0 && !settings.retrying().isZero();
    return limited && live.status() == TaskStatus.RETRYING
        ? live.retryingSinceMillis() + settings.retrying().toMillis()
        : NEVER;
  }
}
