package dev.sideline.background.engine.limits;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.TimedEvent;
import dev.sideline.background.engine.model.Timer;
import dev.sideline.background.engine.model.Timers;
import dev.sideline.background.engine.model.UnitOfWork;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for tasks that do not end by themselves: that take too long, give no sign of life, or wait
 * for somebody who does not answer.
 *
 * <p>Looks at all tasks at most once a second, and only when there may be something to do: a timer
 * for each task would take more room than the rest of what is known of it.
 */
public final class Watchdog {

  private static final long ROUND_MILLIS = 1_000;

  private final UnitOfWork unit;
  private final Timers timers;
  private final TaskRegistry registry;
  private final Deadlines deadlines;
  private final OverdueTasks overdue;
  private long roundMillis;
  private long lastRoundMillis;
  private @Nullable Timer round;

  public Watchdog(
      UnitOfWork unit,
      Timers timers,
      TaskRegistry registry,
      Deadlines deadlines,
      OverdueTasks overdue) {
    this.unit = unit;
    this.timers = timers;
    this.registry = registry;
    this.deadlines = deadlines;
    this.overdue = overdue;
  }

  /** Something was begun that may take too long. */
  public void watch(LiveTask live) {
    plan(deadlines.next(live, unit.now()));
  }

  /** Something may have begun in any task. */
  void watchAll() {
    long next = Deadlines.NEVER;
    for (LiveTask live : registry.entries()) {
      next = Math.min(next, deadlines.next(live, unit.now()));
    }
    plan(next);
  }

  private void plan(long dueMillis) {
    if (dueMillis == Deadlines.NEVER || (round != null && roundMillis <= dueMillis)) {
      return;
    }
    timers.cancel(round);
    roundMillis = Math.max(dueMillis, lastRoundMillis + ROUND_MILLIS);
    round = timers.at(roundMillis, new TimedEvent.WatchdogRound());
  }

  /** There is nothing to look after any more once all tasks have gone. */
  public void restWithoutTasks() {
    if (round != null && registry.size() == 0) {
      timers.cancel(round);
      round = null;
    }
  }

  /** It is time to look at all tasks. */
  public void goRound() {
    round = null;
    lastRoundMillis = unit.now();
    List<LiveTask> late = new ArrayList<>();
    for (LiveTask live : registry.entries()) {
      if (deadlines.first(live) <= unit.now()) {
        late.add(live);
      }
    }
    unit.each(late, overdue::act);
    watchAll();
  }

  /** A probe has shown whether a task that was not heard of has got any further. */
  public void silenceVerified(LiveTask live, boolean further) {
    overdue.silenceVerified(live, further);
    watch(live);
  }
}
