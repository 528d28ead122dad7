package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.OperatorView;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The answers to calls that have waited. */
public final class WaitAnswers implements WaitedFor.Handler {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final TaskResolver resolver;
  private final OperatorViews operatorViews;
  private final NotificationPolicy notifications;

  public WaitAnswers(
      UnitOfWork unit,
      TaskRegistry registry,
      TaskResolver resolver,
      OperatorViews operatorViews,
      NotificationPolicy notifications) {
    this.unit = unit;
    this.registry = registry;
    this.resolver = resolver;
    this.operatorViews = operatorViews;
    this.notifications = notifications;
  }

  /** Shows tasks to a caller. What it reads here it need not be told again. */
  @Override
  public void answer(long call, WaitedFor.Output output, WaitedFor.End end) {
    Answer answer = new Answer.Shown(current(output.before(), output.held()), end.inVain());
    ParentSession parent = registry.parent(output.caller());
    List<LiveTask> news = new ArrayList<>();
    for (LiveTask live : output.held()) {
      if (live.parent() == parent && (live.status().terminal() || live.needsAttention())) {
        news.add(live);
      }
    }
    if (parent == null || parent.closed() || news.isEmpty() || !end.heard()) {
      unit.reply(call, answer);
    } else {
      notifications.reading(call, parent, news);
      unit.replyConfirmed(call, answer);
    }
  }

  @Override
  public void answer(long call, WaitedFor.Cancelled cancel) {
    List<View> stopped = new ArrayList<>();
    List<View> stopping = new ArrayList<>();
    for (View view : current(cancel.before(), cancel.held())) {
      Outcome outcome = view.task().outcome();
      boolean quiet = outcome != null && outcome.reason() != Reason.ABANDONED;
      (quiet ? stopped : stopping).add(view);
    }
    unit.reply(call, new Answer.CancelEnded(stopped, stopping, cancel.over()));
  }

  @Override
  public void answer(long call, WaitedFor.CancelledByOperator cancel) {
    LiveTask live = cancel.live();
    if (live.recordState().discarded()) {
      unit.reply(call, new Answer.OperatorViews(List.of()));
      return;
    }
    // A task may have been trimmed as soon as it had ended.
    OperatorView view = operatorViews.find(live.record().id());
    unit.reply(
        call,
        new Answer.OperatorViews(
            List.of(view == null ? OperatorView.ofSettled(live.record()) : view)));
  }

  /**
   * The same tasks as they are now; as they were last if they have been trimmed meanwhile, and not
   * at all if they could not be recorded.
   *
   * @param held those that were not archived before
   */
  private List<View> current(List<View> before, List<LiveTask> held) {
    Map<TaskId, Task> last = new HashMap<>();
    held.forEach(live -> last.put(live.record().id(), live.record()));
    List<View> views = new ArrayList<>();
    for (View view : before) {
      List<View> now = resolver.views(List.of(view.task().id()));
      Task task = last.getOrDefault(view.task().id(), view.task());
      if (!now.isEmpty()) {
        views.addAll(now);
      } else if (task.status().terminal()) {
        views.add(View.of(task));
      }
    }
    return views;
  }
}
