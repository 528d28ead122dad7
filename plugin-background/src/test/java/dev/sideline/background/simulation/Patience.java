package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.LaunchOptions.Notify;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A parent that is at work is told when it has finished, or after some time all the same. */
final class Patience implements Check {

  /** An answer that may show it what it is to be told, and a step that broke off, take a while. */
  private static final long SLACK_MILLIS = 60_000;

  private final VirtualTime time;
  private final TaskHistory history;
  private final SimulatedHost host;
  private final SimulatedStore store;
  private final NotificationInvariants notifications;
  private final long patienceMillis;
  private final Map<String, Notice> sent = new HashMap<>();
  private final Map<String, PutOff> putOff = new HashMap<>();

  /** A parent was at work, and was not told. */
  private record PutOff(Notice notice, long atMillis) {}

  Patience(
      Settings settings,
      VirtualTime time,
      TaskHistory history,
      SimulatedHost host,
      SimulatedStore store,
      NotificationInvariants notifications) {
    this.time = time;
    this.history = history;
    this.host = host;
    this.store = store;
    this.notifications = notifications;
    this.patienceMillis = settings.notices().busyParent().toMillis() + SLACK_MILLIS;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.ParentBusy busy) {
      Notice notice = sent.get(busy.messageId());
      // When a task may be told is for its slot to say.
      if (notice != null && history.ofSession(busy.parent()) == null) {
        putOff.put(busy.parent(), new PutOff(notice, time.millis()));
      }
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.SendNotice send) {
        sent.put(send.notice().messageId(), send.notice());
        putOff.remove(send.notice().parent());
      }
    }
    putOff.values().forEach(this::check);
  }

  @Override
  public void crashed(LastRecord record) {
    putOff.clear();
  }

  private void check(PutOff putOff) {
    boolean patient =
        time.millis() <= putOff.atMillis() + patienceMillis
            || store.hasFailedSince(putOff.atMillis());
    Task owed = patient ? null : owed(putOff.notice());
    if (owed != null) {
      throw new BrokenPromise("P4: its parent is at work, and is not told: " + owed);
    }
  }

  private @Nullable Task owed(Notice notice) {
    if (host.find(notice.parent()) == null) {
      return null;
    }
    return notice.announced().stream()
        .filter(task -> task.options().notification() == Notify.EACH)
        .filter(task -> !notifications.told(task.id()))
        .findFirst()
        .orElse(null);
  }
}
