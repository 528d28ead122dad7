package dev.sideline.background.ledger;

import dev.sideline.api.ModelRef;
import dev.sideline.background.ledger.Answer.CannotResume;
import dev.sideline.background.ledger.Answer.CannotResume.Why;
import dev.sideline.background.rights.AgentRefusal;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.settings.Settings.WhenFull;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Origin;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The launches of agents: whether they may be, and what comes of them, in one step. */
final class LaunchCalls {

  private final Settings settings;
  private final Supplier<TaskId> taskIds;
  private final Retained retained;
  private final Turn turn;
  private final Roster roster;
  private final Archive archive;
  private final Slots slots;
  private final Lifecycle lifecycle;
  private final Prompts prompts;
  private final Guards guards;
  private final References references;
  private boolean shutDown;

  LaunchCalls(
      Settings settings,
      Supplier<TaskId> taskIds,
      Retained retained,
      Turn turn,
      Roster roster,
      Archive archive,
      Slots slots,
      Lifecycle lifecycle,
      Prompts prompts,
      Guards guards,
      References references) {
    this.settings = settings;
    this.taskIds = taskIds;
    this.retained = retained;
    this.turn = turn;
    this.roster = roster;
    this.archive = archive;
    this.slots = slots;
    this.lifecycle = lifecycle;
    this.prompts = prompts;
    this.guards = guards;
    this.references = references;
  }

  void launch(Input.Launch launch) {
    if (shutDown) {
      turn.reply(launch.call(), new Answer.ShuttingDown());
      return;
    }
    Set<TaskId> after = references.resolve(launch.call(), launch.caller(), launch.after());
    if (after == null) {
      return;
    }
    Task before = null;
    if (launch.resumes() != null) {
      Set<TaskId> ids =
          references.resolve(launch.call(), launch.caller(), List.of(launch.resumes()));
      if (ids == null) {
        return;
      }
      before = archive.find(ids.iterator().next());
    }
    Assignment assignment = completed(launch.assignment(), before, launch.agents());
    Origin origin = Origin.following(List.copyOf(after), before == null ? null : before.id());
    Answer answer = existing(launch, assignment, origin);
    if (answer == null && before != null) {
      answer = cannotResume(launch.caller(), before);
    }
    if (answer == null) {
      // Of one that is gone on with, too: what its caller may do may have changed since.
      AgentRefusal refusal = launch.agents().refusal(assignment.agent());
      answer = refusal == null ? null : new Answer.AgentRefused(refusal);
    }
    if (answer == null) {
      answer = refusal(launch.caller());
    }
    if (answer == null) {
      answer = accept(launch, assignment, origin, before);
    }
    turn.reply(launch.call(), answer);
  }

  /** Fills in what is set for the agent, or was so in the task that is gone on with. */
  private Assignment completed(Assignment asked, @Nullable Task before, LaunchableAgents agents) {
    String agent = asked.agent();
    if (agent.isEmpty()) {
      agent =
          before == null
              ? Objects.requireNonNullElse(agents.byDefault(), "")
              : before.assignment().agent();
    }
    ModelRef model = asked.model();
    String variant = asked.variant();
    if (before != null && model == null) {
      model = before.assignment().model();
      variant = variant == null ? before.assignment().variant() : variant;
    }
    model = model == null ? settings.models().model(agent) : model;
    variant = variant == null ? settings.models().variant(agent) : variant;
    boolean same =
        agent.equals(asked.agent())
            && Objects.equals(model, asked.model())
            && Objects.equals(variant, asked.variant());
    return same ? asked : asked.by(agent, model, variant);
  }

  private @Nullable Answer existing(Input.Launch launch, Assignment assignment, Origin origin) {
    String key = launch.terms().idempotencyKey();
    Task task = key == null ? null : archive.launchedWith(launch.caller(), key);
    if (task == null) {
      return null;
    }
    return task.launchedWith(assignment, launch.terms(), origin)
        ? new Answer.Launched(references.view(task), true)
        : new Answer.KeyTaken(Objects.requireNonNull(key), task.id());
  }

  private @Nullable Answer cannotResume(String caller, Task before) {
    Why why = null;
    String session = before.session();
    Entry inSession = session == null ? null : roster.bySession(session);
    if (!before.status().terminal()) {
      why = Why.LIVE;
    } else if (!before.parent().equals(caller)) {
      why = Why.NOT_LAUNCHED_BY_CALLER;
    } else if (session == null || before.endedFor(Reason.SESSION_DELETED)) {
      why = Why.NO_SESSION;
    } else if (before.endedFor(Reason.ABANDONED)) {
      why = Why.ABANDONED;
    } else if (inSession != null && !inSession.task.status().terminal()) {
      why = Why.SESSION_IN_USE;
    }
    return why == null ? null : new CannotResume(references.view(before), why);
  }

  private @Nullable Answer refusal(String caller) {
    Family family = roster.family(caller);
    Entry own = roster.bySession(caller);
    if ((family != null && family.gone)
        || (own != null && ended(own.task.status()))
        || (own == null && wasCancelled(caller))) {
      return new Answer.CallerEnded();
    }
    List<String> lineage = roster.lineage(caller);
    Settings.Launches limits = settings.launches();
    if (lineage.size() > limits.maxDepth()) {
      return limit("max_depth", limits.maxDepth());
    }
    if (family != null && family.members.size() >= limits.maxTasksPerParent()) {
      return limit("max_tasks_per_parent", limits.maxTasksPerParent());
    }
    if (limits.maxPerParent() > 0 && roster.account(caller).launched() >= limits.maxPerParent()) {
      return limit("max_launches_per_parent", limits.maxPerParent());
    }
    if (roster.size() >= limits.maxTasks()) {
      return limit("max_tasks", limits.maxTasks());
    }
    if (roster.bytes() >= limits.maxBytes()) {
      return limit("max_tasks_bytes", limits.maxBytes());
    }
    String spent = guards.treeExceeded(roster.account(lineage.get(lineage.size() - 1)));
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
    List<Task> settled = retained.ofSession(session);
    if (settled.isEmpty()) {
      return false;
    }
    Task last = settled.get(settled.size() - 1);
    return last.status() == TaskStatus.CANCELLED && !last.endedFor(Reason.INTERRUPTED);
  }

  private Answer accept(
      Input.Launch launch, Assignment assignment, Origin origin, @Nullable Task before) {
    List<Entry> awaited = new ArrayList<>();
    boolean fails = false;
    for (TaskId id : origin.after()) {
      Entry entry = roster.byId(id);
      if (entry != null && !entry.task.status().terminal()) {
        awaited.add(entry);
      } else {
        fails |= !succeeded(id);
      }
    }
    Task task =
        Task.pending(
            taskIds.get(),
            roster.lineage(launch.caller()),
            assignment,
            launch.terms(),
            origin,
            before == null ? null : before.session(),
            turn.now());
    Limit full = settings.slots().whenFull() == WhenFull.REFUSE ? fullFor(task) : null;
    if (full != null && awaited.isEmpty()) {
      return new Answer.LimitReached(full);
    }
    boolean doomed = fails && settings.launches().afterFailed() == AfterFailed.FAIL;
    Entry entry = doomed ? lifecycle.doom(task) : lifecycle.accept(task, awaited, this::begin);
    entry.family.account.launch();
    entry.family.reach = launch.reach();
    try {
      archive.note(task);
      slots.grant();
      return new Answer.Launched(references.view(entry), false);
    } catch (Throwable defect) {
      // Its caller will not know of it.
      lifecycle.discard(entry);
      throw defect;
    }
  }

  private void begin(Entry entry) {
    prompts.begin(entry);
    guards.watch(entry);
  }

  private boolean succeeded(TaskId id) {
    Task task = archive.find(id);
    return task != null && task.status() == TaskStatus.COMPLETED;
  }

  private @Nullable Limit fullFor(Task task) {
    Family family = roster.familyOf(task.lineage());
    Limit full = slots.fullFor(new Entry(family, task));
    roster.removeIfEmpty(family);
    return full;
  }

  /** Refuses launches from now on. */
  void shutdown() {
    shutDown = true;
  }
}
