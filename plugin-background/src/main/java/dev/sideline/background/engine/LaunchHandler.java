package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.Answer.CannotResume;
import dev.sideline.background.engine.Answer.ResumeRefusal;
import dev.sideline.background.rights.AgentRefusal;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Provenance;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The launches of agents: whether they may be, and what comes of them, in one step. */
final class LaunchHandler {

  private final Settings settings;
  private final Supplier<TaskId> taskIds;
  private final FinishedTasks finished;
  private final UnitOfWork unit;
  private final TaskRegistry registry;
  private final Archive archive;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final MessageSender messages;
  private final Watchdog watchdog;
  private final TaskResolver resolver;
  private boolean shutDown;

  LaunchHandler(
      Settings settings,
      Supplier<TaskId> taskIds,
      FinishedTasks finished,
      UnitOfWork unit,
      TaskRegistry registry,
      Archive archive,
      Slots slots,
      Lifecycle lifecycle,
      MessageSender messages,
      Watchdog watchdog,
      TaskResolver resolver) {
    this.settings = settings;
    this.taskIds = taskIds;
    this.finished = finished;
    this.unit = unit;
    this.registry = registry;
    this.archive = archive;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.messages = messages;
    this.watchdog = watchdog;
    this.resolver = resolver;
  }

  void launch(Input.Launch launch) {
    if (shutDown) {
      unit.reply(launch.call(), new Answer.ShuttingDown());
      return;
    }
    Set<TaskId> after = resolver.resolve(launch.call(), launch.caller(), launch.after());
    if (after == null) {
      return;
    }
    Task before = null;
    if (launch.resumes() != null) {
      Set<TaskId> ids = resolver.resolve(launch.call(), launch.caller(), List.of(launch.resumes()));
      if (ids == null) {
        return;
      }
      before = archive.find(ids.iterator().next());
    }
    TaskSpec spec = completed(launch.spec(), before, launch.agents());
    Provenance provenance =
        Provenance.following(List.copyOf(after), before == null ? null : before.id());
    Answer answer = existing(launch, spec, provenance);
    if (answer == null && before != null) {
      answer = cannotResume(launch.caller(), before);
    }
    if (answer == null) {
      // Of one that is gone on with, too: what its caller may do may have changed since.
      AgentRefusal refusal = launch.agents().refusal(spec.agent());
      answer = refusal == null ? null : new Answer.AgentRefused(refusal);
    }
    if (answer == null) {
      answer = refusal(launch.caller());
    }
    if (answer == null) {
      answer = accept(launch, spec, provenance, before);
    }
    unit.reply(launch.call(), answer);
  }

  /** Fills in what is set for the agent, or was so in the task that is gone on with. */
  private TaskSpec completed(TaskSpec asked, @Nullable Task before, LaunchableAgents agents) {
    String agent = asked.agent();
    if (agent.isEmpty()) {
      agent =
          before == null
              ? Objects.requireNonNullElse(agents.byDefault(), "")
              : before.spec().agent();
    }
    ModelRef model = asked.model();
    String variant = asked.variant();
    if (before != null && model == null) {
      model = before.spec().model();
      variant = variant == null ? before.spec().variant() : variant;
    }
    model = model == null ? settings.models().model(agent) : model;
    variant = variant == null ? settings.models().variant(agent) : variant;
    boolean same =
        agent.equals(asked.agent())
            && Objects.equals(model, asked.model())
            && Objects.equals(variant, asked.variant());
    return same ? asked : asked.by(agent, model, variant);
  }

  private @Nullable Answer existing(Input.Launch launch, TaskSpec spec, Provenance provenance) {
    String key = launch.options().idempotencyKey();
    Task task = key == null ? null : archive.launchedWith(launch.caller(), key);
    if (task == null) {
      return null;
    }
    return task.launchedWith(spec, launch.options(), provenance)
        ? new Answer.Launched(resolver.view(task), true)
        : new Answer.KeyTaken(Objects.requireNonNull(key), task.id());
  }

  private @Nullable Answer cannotResume(String caller, Task before) {
    ResumeRefusal why = null;
    String session = before.session();
    LiveTask inSession = session == null ? null : registry.bySession(session);
    if (!before.status().terminal()) {
      why = ResumeRefusal.LIVE;
    } else if (!before.parent().equals(caller)) {
      why = ResumeRefusal.NOT_LAUNCHED_BY_CALLER;
    } else if (session == null || before.endedFor(Reason.SESSION_DELETED)) {
      why = ResumeRefusal.NO_SESSION;
    } else if (before.endedFor(Reason.ABANDONED)) {
      why = ResumeRefusal.ABANDONED;
    } else if (inSession != null && !inSession.task.status().terminal()) {
      why = ResumeRefusal.SESSION_IN_USE;
    }
    return why == null ? null : new CannotResume(resolver.view(before), why);
  }

  private @Nullable Answer refusal(String caller) {
    ParentSession parent = registry.parent(caller);
    LiveTask own = registry.bySession(caller);
    if ((parent != null && parent.closed)
        || (own != null && ended(own.task.status()))
        || (own == null && wasCancelled(caller))) {
      return new Answer.CallerEnded();
    }
    List<String> ancestors = registry.ancestors(caller);
    Settings.Launches limits = settings.launches();
    if (ancestors.size() > limits.maxDepth()) {
      return limit("max_depth", limits.maxDepth());
    }
    if (parent != null && parent.members.size() >= limits.maxTasksPerParent()) {
      return limit("max_tasks_per_parent", limits.maxTasksPerParent());
    }
    if (limits.maxPerParent() > 0 && registry.account(caller).launched() >= limits.maxPerParent()) {
      return limit("max_launches_per_parent", limits.maxPerParent());
    }
    if (registry.size() >= limits.maxTasks()) {
      return limit("max_tasks", limits.maxTasks());
    }
    if (registry.bytes() >= limits.maxBytes()) {
      return limit("max_tasks_bytes", limits.maxBytes());
    }
    String spent = watchdog.treeExceeded(registry.account(ancestors.get(ancestors.size() - 1)));
    return spent == null ? null : new Answer.BudgetSpent(spent);
  }

  private static Answer limit(String setting, long value) {
    return new Answer.LimitReached(new Limit(setting, value, null));
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
    List<Task> settled = finished.ofSession(session);
    if (settled.isEmpty()) {
      return false;
    }
    Task last = settled.get(settled.size() - 1);
    return last.status() == TaskStatus.CANCELLED && !last.endedFor(Reason.INTERRUPTED);
  }

  private Answer accept(
      Input.Launch launch, TaskSpec spec, Provenance provenance, @Nullable Task before) {
    List<LiveTask> awaited = new ArrayList<>();
    boolean fails = false;
    for (TaskId id : provenance.after()) {
      LiveTask live = registry.byId(id);
      if (live != null && !live.task.status().terminal()) {
        awaited.add(live);
      } else {
        fails |= !succeeded(id);
      }
    }
    Task task =
        Task.pending(
            taskIds.get(),
            registry.ancestors(launch.caller()),
            spec,
            launch.options(),
            provenance,
            before == null ? null : before.session(),
            unit.now());
    Limit full = settings.slots().whenFull() == WhenFull.REFUSE ? fullFor(task) : null;
    if (full != null && awaited.isEmpty()) {
      return new Answer.LimitReached(full);
    }
    boolean doomed = fails && settings.launches().afterFailed() == AfterFailed.FAIL;
    LiveTask live =
        doomed ? lifecycle.acceptFailed(task) : lifecycle.accept(task, awaited, this::begin);
    live.parent.account.launch();
    live.parent.reach = launch.reach();
    try {
      archive.note(task);
      slots.grant();
      return new Answer.Launched(resolver.view(live), false);
    } catch (Throwable defect) {
      // Its caller will not know of it.
      lifecycle.discard(live);
      throw defect;
    }
  }

  private void begin(LiveTask live) {
    messages.begin(live);
    watchdog.watch(live);
  }

  private boolean succeeded(TaskId id) {
    Task task = archive.find(id);
    return task != null && task.status() == TaskStatus.COMPLETED;
  }

  private @Nullable Limit fullFor(Task task) {
    ParentSession parent = registry.parentOf(task.ancestors());
    Limit full = slots.fullFor(new LiveTask(parent, task));
    registry.removeIfEmpty(parent);
    return full;
  }

  /** Refuses launches from now on. */
  void shutdown() {
    shutDown = true;
  }
}
