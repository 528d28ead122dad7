package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What ends while others run waits for a moment, so that others may be told with it. */
final class FirstNotices implements Check {

  private final VirtualTime time;
  private final TaskHistory history;
  private final long delayMillis;
  private final Map<String, Long> sinceMillis = new HashMap<>();

  /** Parents that were told something, or are to be told at once; then it is more involved. */
  private final Set<String> told = new HashSet<>();

  FirstNotices(VirtualTime time, TaskHistory history, long delayMillis) {
    this.time = time;
    this.history = history;
    this.delayMillis = delayMillis;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    for (TaskHistory.Change change : changes) {
      String parent = change.now().parent();
      if (change.ends()) {
        sinceMillis.putIfAbsent(parent, time.millis());
      }
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.SendNotice send) {
        check(send.notice());
      } else if (effect instanceof Effect.Publish publish
          && publish.event() instanceof PluginEvent.Toast toast
          && toast.level() == PluginEvent.Toast.Level.WARNING) {
        needed(toast.mainSessionId());
      }
    }
  }

  /** Some task of a tree needs its parent. */
  private void needed(String root) {
    for (Task task : history.live()) {
      if (task.root().equals(root)) {
        told.add(task.parent());
      }
    }
  }

  private void check(Notice notice) {
    boolean first = told.add(notice.parent());
    boolean inPassing = notice.stillRunning() > 0 && notice.attention().isEmpty();
    long due = sinceMillis.getOrDefault(notice.parent(), 0L) + delayMillis;
    if (first && inPassing && time.millis() < due) {
      throw new BrokenPromise("told " + (due - time.millis()) + " ms too early: " + notice);
    }
  }
}
