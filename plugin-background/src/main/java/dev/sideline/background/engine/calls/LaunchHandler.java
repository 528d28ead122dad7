package dev.sideline.background.engine.calls;

import dev.sideline.api.ModelRef;
import dev.sideline.background.engine.lifecycle.Followers;
import dev.sideline.background.engine.lifecycle.Lifecycle;
import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.CannotResume;
import dev.sideline.background.engine.protocol.Answer.ResumeRefusal;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.engine.protocol.Lookup;
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
public final class LaunchHandler {

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

  public LaunchHandler(
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
    if (isToBeLookedFor(launch)) {
      return;
    }
    Task repeated = repeated(launch);
    Provenance provenance = provenance(launch, repeated);
    if (provenance == null) {
      return;
    }
    TaskId resumes = provenance.resumes();
    Task before = resumes == null ? null : resolver.find(resumes);
    // What one that is forgotten was filled in with, its repeated launch still tells.
    Task filledIn = resumes != null && before == null ? repeated : before;
    TaskSpec spec = completed(launch.spec(), filledIn, launch.agents());
    if (repeated != null) {
      unit.reply(launch.call(), existing(launch, spec, provenance, repeated));
      return;
    }
    Answer refusal = refusal(launch, spec, before);
    if (refusal == null) {
      refusal = accept(launch, spec, provenance, before);
    }
    if (refusal != null) {
      unit.reply(launch.call(), refusal);
    }
  }

  /**
   * Whether it is not known yet who the caller is, or if the same was launched before; then the
   * call is answered so.
   */
  private boolean isToBeLookedFor(Input.Launch launch) {
    if (!resolver.lookups().areNeeded()) {
      return false;
    }
    String caller = launch.caller();
    String key = launch.options().idempotencyKey();
    List<Lookup> unknown = new ArrayList<>(0);
    if (!resolver.knows(caller)) {
      unknown.add(new Lookup.OfSession(caller));
    }
    if (key != null && resolver.launchedWith(caller, key) == null) {
      unknown.add(new Lookup.ByKey(caller, key));
    }
    return resolver.lookups().areMissing(launch.call(), unknown);
  }

  /** The task that was launched with the same key before; null if none was. */
  private @Nullable Task repeated(Input.Launch launch) {
    String key = launch.options().idempotencyKey();
    return key == null ? null : resolver.launchedWith(launch.caller(), key);
  }

  /** What a task is to follow on; null if the call was answered because that is not known. */
  private @Nullable Provenance provenance(Input.Launch launch, @Nullable Task repeated) {
    Provenance first = repeated == null ? Provenance.LAUNCHED : repeated.provenance();
    Set<TaskId> after =
        resolver.resolve(launch.call(), launch.caller(), launch.after(), first.after());
    if (after == null || launch.resumes() == null) {
      return after == null ? null : Provenance.following(List.copyOf(after), null);
    }
    List<TaskId> known = first.resumes() == null ? List.of() : List.of(first.resumes());
    Set<TaskId> resumes =
        resolver.resolve(launch.call(), launch.caller(), List.of(launch.resumes()), known);
    return resumes == null
        ? null
        : Provenance.following(List.copyOf(after), resumes.iterator().next());
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

  private @Nullable Answer refusal(Input.Launch launch, TaskSpec spec, @Nullable Task before) {
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

  private Answer existing(
      Input.Launch launch, TaskSpec spec, Provenance provenance, Task repeated) {
    return repeated.launchedWith(spec, launch.options(), provenance)
        ? new Answer.Launched(resolver.view(repeated), true)
        : new Answer.KeyTaken(
            Objects.requireNonNull(launch.options().idempotencyKey()), repeated.id());
  }

  private @Nullable Answer accept(
      Input.Launch launch, TaskSpec spec, Provenance provenance, @Nullable Task before) {
    List<LiveTask> awaited = new ArrayList<>();
    boolean fails = false;
    for (TaskId id : provenance.after()) {
      LiveTask live = resolver.live(id);
      if (live != null && !live.status().terminal()) {
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
    live.parent().account().launch();
    live.parent().reach(launch.reach());
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
  public void answerAccepted() {
    Accepted launch = accepted;
    accepted = null;
    if (launch != null) {
      unit.reply(launch.call(), new Answer.Launched(resolver.view(launch.live()), false));
    }
  }

  /** Whether a task was launched in this step. */
  public boolean hasJustAccepted(LiveTask live) {
    return accepted != null && accepted.live() == live;
  }

  /** Refuses launches from now on. */
  public void shutdown() {
    shutDown = true;
  }
}
