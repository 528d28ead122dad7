package dev.sideline.background.engine.limits;

import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.Account;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.Outcome.Reason;
import org.jspecify.annotations.Nullable;

/** Stops tasks that use too much, or go round in circles. */
public final class BudgetGuard {

  private final Settings.Watchdog settings;
  private final Lifecycle lifecycle;
  private final boolean treeLimited;

  public BudgetGuard(Settings settings, Lifecycle lifecycle) {
    this.settings = settings.watchdog();
    this.lifecycle = lifecycle;
    this.treeLimited = !this.settings.perTree().equals(Budget.UNLIMITED);
  }

  /** A task may have used something. */
  public void used(LiveTask live) {
    if (!live.status().active()) {
      return;
    }
    int sameCalls = live.activity().sameCalls();
    if (settings.loopCalls() > 0 && sameCalls >= settings.loopCalls()) {
      String tool = live.progress().lastTool();
      String detail =
          "it called the tool '" + tool + "' " + sameCalls + " times in a row with the same input";
      lifecycle.stop(live, new StopReason(Reason.LOOP, detail, null));
      return;
    }
    Budget own = live.record().options().budget();
    if (!own.equals(Budget.UNLIMITED)) {
      String exceeded = own.exceededBy(live.spent());
      if (exceeded != null) {
        lifecycle.stop(live, new StopReason(Reason.BUDGET_EXCEEDED, exceeded, null));
        return;
      }
    }
    if (treeLimited) {
      live.book();
      String exceeded = treeExceeded(live.parent().treeAccount());
      if (exceeded != null) {
        lifecycle.stopTree(
            live.record().root(), new StopReason(Reason.BUDGET_EXCEEDED, exceeded, null));
      }
    }
  }

  /** How the tasks of a tree have used up what they may; null if they have not. */
  public @Nullable String treeExceeded(Account tree) {
    String exceeded = treeLimited ? settings.perTree().exceededBy(tree.spent()) : null;
    return exceeded == null ? null : "all tasks of its tree together: " + exceeded;
  }
}
