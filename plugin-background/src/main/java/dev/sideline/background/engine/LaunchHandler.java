package dev.sideline.background.engine;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.Answer.CannotResume;
import dev.sideline.background.engine.Answer.ResumeRefusal;
import dev.sideline.background.rights.AgentRefusal;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
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

  /** What a launch has come to, of which its caller is still to be told. */
  private record Accepted(long call, LiveTask live) {}

  private final Settings settings;
  private final Supplier<TaskId> taskIds;
  private final UnitOfWork unit;
  private final Lifecycle lifecycle;
  private final Followers followers;
  private final LaunchChecks checks;
  private final TaskResolver resolver;
  private @Nullable Accepted accepted;
  private boolean shutDown;

  LaunchHandler(
      Settings settings,
      Supplier<TaskId> taskIds,
      UnitOfWork unit,
      Lifecycle lifecycle,
      Followers followers,
      LaunchChecks checks,
      TaskResolver resolver) {
    this.settings = settings;
    this.taskIds = taskIds;
    this.unit = unit;
    this.lifecycle = lifecycle;
    this.followers = followers;
    this.checks = checks;
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
      before = resolver.find(ids.iterator().next());
    }
    TaskSpec spec = completed(launch.spec(), before, launch.agents());
    Provenance provenance =
        Provenance.following(List.copyOf(after), before == null ? null : before.id());
    Answer refusal = refusal(launch, spec, provenance, before);
    if (refusal == null) {
      refusal = accept(launch, spec, provenance, before);
    }
    if (refusal != null) {
      unit.reply(launch.call(), refusal);
    }
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

  private @Nullable Answer refusal(
      Input.Launch launch, TaskSpec spec, Provenance provenance, @Nullable Task before) {
    Answer existing = existing(launch, spec, provenance);
    if (existing != null) {
      return existing;
    }
    if (before != null) {
      ResumeRefusal reason = checks.resumeRefusal(launch.caller(), before);
      if (reason != null) {
        return new CannotResume(resolver.view(before), reason);
      }
    }
    // Of one that is gone on with, too: what its caller may do may have changed since.
    AgentRefusal refusal = launch.agents().refusal(spec.agent());
    return refusal == null ? checks.refusal(launch.caller()) : new Answer.AgentRefused(refusal);
  }

  private @Nullable Answer existing(Input.Launch launch, TaskSpec spec, Provenance provenance) {
    String key = launch.options().idempotencyKey();
    Task task = key == null ? null : resolver.launchedWith(launch.caller(), key);
    if (task == null) {
      return null;
    }
    return task.launchedWith(spec, launch.options(), provenance)
        ? new Answer.Launched(resolver.view(task), true)
        : new Answer.KeyTaken(Objects.requireNonNull(key), task.id());
  }

  private @Nullable Answer accept(
      Input.Launch launch, TaskSpec spec, Provenance provenance, @Nullable Task before) {
    List<LiveTask> awaited = new ArrayList<>();
    boolean fails = false;
    for (TaskId id : provenance.after()) {
      LiveTask live = resolver.live(id);
      if (live != null && !live.task.status().terminal()) {
        awaited.add(live);
      } else {
        fails |= !succeeded(id);
      }
    }
    Task task =
        Task.pending(
            taskIds.get(),
            resolver.ancestors(launch.caller()),
            spec,
            launch.options(),
            provenance,
            before == null ? null : before.session(),
            unit.now());
    Limit full = checks.full(task);
    if (full != null && awaited.isEmpty()) {
      return new Answer.LimitReached(full);
    }
    boolean cannotStart = fails && settings.launches().afterFailed() == AfterFailed.FAIL;
    LiveTask live = cannotStart ? lifecycle.acceptFailed(task) : lifecycle.accept(task);
    live.parent.account.launch();
    live.parent.reach = launch.reach();
    try {
      resolver.note(task);
      if (!cannotStart) {
        followers.start(live, awaited);
      }
      accepted = new Accepted(launch.call(), live);
      return null;
    } catch (Throwable defect) {
      // Its caller will not know of it.
      lifecycle.discard(live);
      throw defect;
    }
  }

  private boolean succeeded(TaskId id) {
    Task task = resolver.find(id);
    return task != null && task.status() == TaskStatus.COMPLETED;
  }

  /** Tells the caller of a launch what has come of it, once it is known whether it has a slot. */
  void answerAccepted() {
    Accepted launch = accepted;
    accepted = null;
    if (launch != null) {
      unit.reply(launch.call(), new Answer.Launched(resolver.view(launch.live()), false));
    }
  }

  /** Whether a task was launched in this step. */
  boolean hasJustAccepted(LiveTask live) {
    return accepted != null && accepted.live() == live;
  }

  /** Refuses launches from now on. */
  void shutdown() {
    shutDown = true;
  }
}
