package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.calls.WaitingCalls.Until;
import dev.sideline.background.engine.calls.WaitingCalls.Wait;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.StopReason;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The call that stops tasks, answered when they are quiet. */
public final class CancelHandler {

  private final Settings.Sessions settings;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final TaskResolver resolver;
  private final WaitingCalls waitingCalls;
  private final Lifecycle lifecycle;

  public CancelHandler(
      Settings settings,
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      TaskResolver resolver,
      WaitingCalls waitingCalls,
      Lifecycle lifecycle) {
    this.settings = settings.sessions();
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.resolver = resolver;
    this.waitingCalls = waitingCalls;
    this.lifecycle = lifecycle;
  }

  void cancel(Input.Cancel cancel) {
    archive.expire();
    List<LiveTask> targets = new ArrayList<>();
    List<View> over = new ArrayList<>();
    List<TaskId> ids;
    if (cancel.refs() == null) {
      ids = resolver.liveOf(cancel.caller());
    } else {
      Set<TaskId> resolved = resolver.resolve(cancel.call(), cancel.caller(), cancel.refs());
      if (resolved == null) {
        return;
      }
      ids = List.copyOf(resolved);
    }
    for (TaskId id : ids) {
      LiveTask live = registry.byId(id);
      if (live != null && !live.status().terminal()) {
        targets.add(live);
      } else {
        over.addAll(resolver.views(List.of(id)));
      }
    }
    targets.sort(TaskRegistry.UPPER_FIRST);
    unit.each(
        targets,
        live ->
            lifecycle.stop(
                live, new StopReason(Reason.CANCELLED, cancel.reason(), cancel.caller())));
    List<View> before = targets.stream().map(resolver::view).toList();
    long deadline = unit.now() + settings.cancelGrace().toMillis();
    waitingCalls.await(
        cancel.call(),
        targets,
        new Wait(cancel.caller(), null, WaitMode.ALL, Until.SETTLED, unit.now(), deadline),
        new WaitedFor.Cancelled(before, targets, over));
  }
}
