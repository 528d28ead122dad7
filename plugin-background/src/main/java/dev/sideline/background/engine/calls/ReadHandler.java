package dev.sideline.background.engine.calls;

import dev.sideline.background.engine.calls.WaitingCalls.Until;
import dev.sideline.background.engine.calls.WaitingCalls.Wait;
import dev.sideline.background.engine.model.Archive;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.ParentSession;
import dev.sideline.background.engine.model.PendingNotifications;
import dev.sideline.background.engine.model.TaskRegistry;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.notify.NotificationPolicy;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The calls that show tasks, perhaps after waiting for them. */
public final class ReadHandler {

  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final TaskResolver resolver;
  private final WaitingCalls waitingCalls;
  private final NotificationPolicy notifications;

  public ReadHandler(
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      TaskResolver resolver,
      WaitingCalls waitingCalls,
      NotificationPolicy notifications) {
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.resolver = resolver;
    this.waitingCalls = waitingCalls;
    this.notifications = notifications;
  }

  void output(Input.Output output) {
    archive.expire();
    List<TaskId> ids;
    if (output.refs().isEmpty()) {
      ids = resolver.liveOf(output.caller());
      if (ids.isEmpty()) {
        // Whoever asks has missed the end of its tasks by a moment, and wants the results.
        ids = registry.lastEnded(output.caller());
      }
    } else {
      Set<TaskId> resolved = resolver.resolve(output.call(), output.caller(), output.refs());
      if (resolved == null) {
        return;
      }
      ids = new ArrayList<>(resolved);
    }
    // Tasks that are archived are not in the registry, and there is nothing to wait for.
    List<LiveTask> held = new ArrayList<>();
    boolean allHeld = true;
    for (TaskId id : ids) {
      LiveTask live = registry.byId(id);
      if (live == null) {
        allHeld = false;
      } else {
        held.add(live);
      }
    }
    WaitMode mode = output.mode() == WaitMode.ANY && !allHeld ? WaitMode.NONE : output.mode();
    waitingCalls.await(
        output.call(),
        held,
        new Wait(
            output.caller(),
            registry.bySession(output.caller()),
            mode,
            Until.DECIDED,
            unit.now(),
            unit.now() + output.timeoutMillis()),
        new WaitedFor.Output(output.caller(), resolver.views(ids), held));
  }

  void list(Input.ListTasks list) {
    archive.expire();
    Lookup older = new Lookup.NewestOfTree(list.caller(), list.status(), list.limit());
    if (resolver.lookups().areMissing(list.call(), List.of(older))) {
      return;
    }
    List<Task> tasks = registry.tasksOfTree(list.caller());
    if (list.status() != null) {
      tasks.removeIf(task -> task.status() != list.status());
    }
    Lookup.Found found = resolver.lookups().found(older);
    int total = withRecorded(tasks, found);
    List<View> newest = tasks.stream().limit(list.limit()).map(resolver::view).toList();
    unit.reply(list.call(), new Answer.Listed(newest, total));
  }

  /** Adds what was found in the record to tasks that are in memory; tells how many there are. */
  private int withRecorded(List<Task> tasks, Lookup.Found found) {
    if (found.tasks().isEmpty()) {
      return tasks.size();
    }
    Set<TaskId> here = new HashSet<>();
    int held = 0; // The record does not count these.
    for (Task task : tasks) {
      here.add(task.id());
      held += registry.byId(task.id()) == null ? 0 : 1;
    }
    for (Task task : found.tasks()) {
      if (!here.contains(task.id()) && registry.byId(task.id()) == null) {
        tasks.add(task);
      }
    }
    tasks.sort(Task.BY_LAUNCH.reversed());
    return Math.max(tasks.size(), held + found.total());
  }

  void catchUp(Input.CatchUp call) {
    ParentSession parent = registry.parent(call.caller());
    PendingNotifications.NotificationBatch batch =
        parent == null ? null : notifications.tellInAnswer(call.call(), parent);
    if (parent == null || batch == null) {
      unit.reply(call.call(), Answer.CaughtUp.NOTHING);
    } else {
      unit.replyConfirmed(
          call.call(),
          new Answer.CaughtUp(batch.announcedTasks(), batch.attentionTasks(), parent.liveTasks()));
    }
  }
}
