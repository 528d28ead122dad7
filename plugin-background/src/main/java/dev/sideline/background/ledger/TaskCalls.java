package dev.sideline.background.ledger;

import dev.sideline.background.ledger.Answer.View;
import dev.sideline.background.ledger.Waits.Until;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Origin;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of agents: finds the tasks that they mean, has done what they ask, and answers them, at
 * once or when what they wait for has come. A caller reaches the tasks of its own tree and no
 * others.
 */
final class TaskCalls {

  private final Settings settings;
  private final Supplier<TaskId> taskIds;
  private final Retained retained;
  private final Turn turn;
  private final Roster roster;
  private final Waits waits;
  private final Lifecycle lifecycle;
  private boolean shutDown;

  TaskCalls(
      Settings settings,
      Supplier<TaskId> taskIds,
      Retained retained,
      Turn turn,
      Roster roster,
      Waits waits,
      Lifecycle lifecycle) {
    this.settings = settings;
    this.taskIds = taskIds;
    this.retained = retained;
    this.turn = turn;
    this.roster = roster;
    this.waits = waits;
    this.lifecycle = lifecycle;
  }

  void launch(Input.Launch launch) {
    if (shutDown) {
      turn.reply(launch.call(), new Answer.ShuttingDown());
      return;
    }
    List<String> lineage = roster.lineage(launch.caller());
    Answer refusal = refusal(launch.caller(), lineage);
    if (refusal != null) {
      turn.reply(launch.call(), refusal);
      return;
    }
    Task task =
        Task.pending(
            taskIds.get(),
            lineage,
            launch.assignment(),
            launch.terms(),
            Origin.LAUNCHED,
            null,
            turn.now());
    Entry entry = lifecycle.accept(task);
    int position = entry.task.status() == TaskStatus.PENDING ? entry.family.queue.size() : 0;
    turn.reply(
        launch.call(), new Answer.Launched(new View(entry.task, position, null, false), false));
  }

  private @Nullable Answer refusal(String caller, List<String> lineage) {
    Family family = roster.family(caller);
    Entry own = roster.bySession(caller);
    if ((family != null && family.gone)
        || (own != null && ended(own.task.status()))
        || (own == null && wasCancelled(caller))) {
      return new Answer.CallerEnded();
    }
    if (lineage.size() > settings.launches().maxDepth()) {
      return new Answer.LimitReached(new Limit("max_depth", settings.launches().maxDepth(), null));
    }
    if (family != null && family.members.size() >= settings.launches().maxTasksPerParent()) {
      return new Answer.LimitReached(
          new Limit("max_tasks_per_parent", settings.launches().maxTasksPerParent(), null));
    }
    if (roster.size() >= settings.launches().maxTasks()) {
      return new Answer.LimitReached(new Limit("max_tasks", settings.launches().maxTasks(), null));
    }
    return null;
  }

  /** Whether a task will not be told what comes of the tasks that it launches. */
  private static boolean ended(TaskStatus status) {
    return status == TaskStatus.CANCELLING
        || status == TaskStatus.CANCELLED
        || status == TaskStatus.FAILED;
  }

  /**
   * Whether a session's last task was cancelled. If its agent works all the same, it must not have
   * others work for it. One that was stopped in the host itself may have been taken over there.
   */
  private boolean wasCancelled(String session) {
    List<Task> settled = retained.ofSession(session);
    if (settled.isEmpty()) {
      return false;
    }
    Task last = settled.get(settled.size() - 1);
    return last.status() == TaskStatus.CANCELLED
        && last.outcome() != null
        && last.outcome().reason() != Reason.INTERRUPTED;
  }

  void output(Input.Output output) {
    lifecycle.expireRetained();
    List<TaskId> ids;
    if (output.refs().isEmpty()) {
      ids = new ArrayList<>();
      for (Entry entry : roster.entriesOfTree(output.caller())) {
        if (!entry.task.status().terminal()) {
          ids.add(entry.task.id());
        }
      }
      if (ids.isEmpty()) {
        // Whoever asks has missed the end of its tasks by a moment, and wants the results.
        ids = roster.lastEnded(output.caller());
      }
    } else {
      Set<TaskId> resolved = resolve(output.call(), output.caller(), output.refs());
      if (resolved == null) {
        return;
      }
      ids = new ArrayList<>(resolved);
    }
    // Tasks that are settled and retained have no entry, and nothing to wait for.
    List<Entry> open = new ArrayList<>();
    boolean allOpen = true;
    for (TaskId id : ids) {
      Entry entry = roster.byId(id);
      if (entry == null) {
        allOpen = false;
      } else {
        open.add(entry);
      }
    }
    List<View> before = views(ids);
    WaitMode mode = output.mode() == WaitMode.ANY && !allOpen ? WaitMode.NONE : output.mode();
    waits.await(
        output.call(),
        open,
        mode,
        Until.DECIDED,
        turn.now() + output.timeoutMillis(),
        inVain -> turn.reply(output.call(), new Answer.Shown(current(before, open), inVain)));
  }

  void cancel(Input.Cancel cancel) {
    lifecycle.expireRetained();
    List<Entry> targets = new ArrayList<>();
    List<View> over = new ArrayList<>();
    if (cancel.refs() == null) {
      for (Entry entry : roster.entriesOfTree(cancel.caller())) {
        if (!entry.task.status().terminal()) {
          targets.add(entry);
        }
      }
    } else {
      Set<TaskId> ids = resolve(cancel.call(), cancel.caller(), cancel.refs());
      if (ids == null) {
        return;
      }
      for (TaskId id : ids) {
        Entry entry = roster.byId(id);
        if (entry != null && !entry.task.status().terminal()) {
          targets.add(entry);
        } else {
          over.addAll(views(List.of(id)));
        }
      }
    }
    targets.sort(Roster.UPPER_FIRST);
    for (Entry entry : targets) {
      lifecycle.stop(entry, new Entry.Ending(Reason.CANCELLED, cancel.reason(), cancel.caller()));
    }
    List<View> before = targets.stream().map(this::view).toList();
    waits.await(
        cancel.call(),
        targets,
        WaitMode.ALL,
        Until.SETTLED,
        turn.now() + settings.sessions().cancelGrace().toMillis(),
        inVain -> turn.reply(cancel.call(), cancelEnded(current(before, targets), over)));
  }

  private static Answer cancelEnded(List<View> targets, List<View> over) {
    List<View> stopped = new ArrayList<>();
    List<View> stopping = new ArrayList<>();
    for (View view : targets) {
      Outcome outcome = view.task().outcome();
      boolean quiet = outcome != null && outcome.reason() != Reason.ABANDONED;
      (quiet ? stopped : stopping).add(view);
    }
    return new Answer.CancelEnded(stopped, stopping, over);
  }

  void list(Input.ListTasks list) {
    lifecycle.expireRetained();
    List<Task> tasks = roster.tasksOfTree(list.caller());
    if (list.status() != null) {
      tasks.removeIf(task -> task.status() != list.status());
    }
    List<View> newest = tasks.stream().limit(list.limit()).map(this::view).toList();
    turn.reply(list.call(), new Answer.Listed(newest, tasks.size()));
  }

  void clearCompleted(Input.ClearCompleted clear) {
    lifecycle.expireRetained();
    List<Task> settled = retained.ofTree(clear.caller());
    for (Task task : settled) {
      retained.remove(task.id());
      turn.forget(task.id());
    }
    int kept = 0;
    for (Entry entry : roster.entriesOfTree(clear.caller())) {
      kept += entry.task.status().terminal() ? 1 : 0;
    }
    turn.reply(clear.call(), new Answer.Cleared(settled.size(), kept));
  }

  void send(Input.Send send) {}

  void answerRequest(Input.AnswerRequest answer) {}

  void clearNotices(Input.ClearNotices clear) {}

  void abandoned(Input.CallAbandoned abandoned) {
    waits.abandon(abandoned.call());
  }

  /** The tasks that are meant; null if the call was answered because one of them is not known. */
  private @Nullable Set<TaskId> resolve(long call, String caller, List<String> refs) {
    Set<TaskId> ids = new LinkedHashSet<>();
    for (String ref : refs) {
      List<Task> found = roster.resolve(caller, ref);
      if (found.isEmpty()) {
        turn.reply(call, new Answer.UnknownTask(ref, roster.suggestions(caller)));
        return null;
      }
      if (found.size() > 1) {
        List<String> candidates = found.stream().map(task -> task.id().value()).toList();
        turn.reply(call, new Answer.AmbiguousTask(ref, candidates));
        return null;
      }
      ids.add(found.get(0).id());
    }
    return ids;
  }

  private List<View> views(List<TaskId> ids) {
    List<View> views = new ArrayList<>();
    for (TaskId id : ids) {
      Entry entry = roster.byId(id);
      Task task = entry == null ? retained.find(id) : entry.task;
      if (task != null) {
        views.add(view(task));
      }
    }
    return views;
  }

  /**
   * The same tasks as they are now; as they were last if they have been trimmed meanwhile, and not
   * at all if they could not be recorded.
   *
   * @param held the entries of those that were not retained before
   */
  private List<View> current(List<View> before, List<Entry> held) {
    Map<TaskId, Task> last = new HashMap<>();
    held.forEach(entry -> last.put(entry.task.id(), entry.task));
    List<View> views = new ArrayList<>();
    for (View view : before) {
      List<View> now = views(List.of(view.task().id()));
      Task task = last.getOrDefault(view.task().id(), view.task());
      if (!now.isEmpty()) {
        views.addAll(now);
      } else if (task.status().terminal()) {
        views.add(View.of(task));
      }
    }
    return views;
  }

  private View view(Task task) {
    Entry entry = roster.byId(task.id());
    return entry == null ? View.of(task) : view(entry);
  }

  private View view(Entry entry) {
    int position = entry.task.status() == TaskStatus.PENDING ? lifecycle.position(entry) : 0;
    return new View(entry.task.withProgress(entry.progress()), position, null, false);
  }

  /** Refuses launches from now on, and answers whoever waits. */
  void shutdown() {
    shutDown = true;
    waits.endAll();
  }
}
