package dev.sideline.background.simulation;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.NamedAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What callers ask for, sensibly most of the time. */
final class WorkloadGenerator {

  static final List<ModelRef> MODELS =
      List.of(
          new ModelRef("sim", "small"), new ModelRef("sim", "big"), new ModelRef("other", "one"));

  private static final List<String> AGENTS = List.of("agent", "agent", "explore", " Explore");
  private static final String SCHEMA = "{\"type\":\"object\"}";

  private final SeededRandom random;
  private final FaultProfile profile;
  private final Settings.Watchdog watchdog;
  private final SimulatedRequests requests;

  /** The ids that callers know: of tasks, and of the sessions that they run in. */
  private final List<String> all = new ArrayList<>();

  private final Map<String, List<String>> byCaller = new HashMap<>();
  private final Map<String, Input.Launch> byKey = new HashMap<>();

  WorkloadGenerator(
      SeededRandom random, FaultProfile profile, Settings settings, SimulatedRequests requests) {
    this.random = random;
    this.profile = profile;
    this.watchdog = settings.watchdog();
    this.requests = requests;
  }

  /** A caller has learnt of a task, or of its session. */
  void learnt(String caller, String ref) {
    all.add(ref);
    byCaller.computeIfAbsent(caller, key -> new ArrayList<>()).add(ref);
  }

  Input launch(long call, String caller) {
    String key = random.chance(0.3 * profile.options()) ? "key_" + random.between(1, 4) : null;
    Input.Launch before = key == null ? null : byKey.get(caller + key);
    if (before != null && random.chance(0.7)) {
      return new Input.Launch(
          call,
          caller,
          before.spec(),
          before.options(),
          before.after(),
          before.resumes(),
          before.agents(),
          Reaches.of(caller));
    }
    boolean resumes = random.chance(0.4 * profile.relations());
    Input.Launch launch =
        new Input.Launch(
            call,
            caller,
            spec(resumes),
            options(key),
            random.chance(0.5 * profile.relations()) ? refs(caller) : List.of(),
            resumes ? ref(caller) : null,
            agents(),
            Reaches.of(caller));
    if (key != null) {
      byKey.put(caller + key, launch);
    }
    return launch;
  }

  /** Most hosts let everybody have everybody work. */
  private LaunchableAgents agents() {
    if (random.chance(0.9)) {
      return LaunchableAgents.any();
    }
    List<AgentInfo> all = new ArrayList<>();
    for (String agent : new LinkedHashSet<>(AGENTS)) {
      all.add(new AgentInfo(agent, "", random.pick(List.of(AgentInfo.Access.values()))));
    }
    String byDefault = random.chance(0.5) ? all.get(0).name() : null;
    return LaunchableAgents.of(
        new AgentCatalog(all, byDefault), new NamedAgents(random.chance(0.3), Set.of()));
  }

  private TaskSpec spec(boolean resumes) {
    boolean sameAgent = resumes && random.chance(0.7);
    String agent = sameAgent ? "" : random.chance(0.03) ? "nobody" : random.pick(AGENTS);
    return new TaskSpec(
        "a task",
        "do it",
        agent,
        random.chance(0.4) ? random.pick(MODELS) : null,
        null,
        random.chance(0.5) ? null : "/work/" + random.between(1, 3),
        random.chance(0.5 * profile.schemas()) ? SCHEMA : null);
  }

  /** As a tool would fill them in: what the caller does not say is as it is by default. */
  private LaunchOptions options(@Nullable String key) {
    boolean own = random.chance(profile.options());
    return new LaunchOptions(
        own ? random.between(-3, 3) : 0,
        own ? random.pick(List.of(LaunchOptions.Notify.values())) : LaunchOptions.Notify.EACH,
        own ? random.between(3_000, 120_000) : watchdog.timeout().toMillis(),
        own ? random.between(3_000, 60_000) : watchdog.stall().toMillis(),
        own ? budget() : watchdog.perTask(),
        key,
        null);
  }

  private Budget budget() {
    Budget most = watchdog.perTask();
    return new Budget(
        random.chance(0.5) ? most.maxToolCalls() : less(random.between(1, 8), most.maxToolCalls()),
        random.chance(0.5) ? most.maxTokens() : less(random.between(20, 400), most.maxTokens()),
        most.maxCostUsd());
  }

  private static long less(long wanted, long most) {
    return most == 0 ? wanted : Math.min(wanted, most);
  }

  Input output(long call, String caller) {
    WaitMode mode = random.pick(List.of(WaitMode.values()));
    List<String> some = random.chance(0.4) ? List.of() : refs(caller);
    return new Input.Output(call, caller, some, mode, random.between(100, 40_000));
  }

  Input cancel(long call, String caller) {
    List<String> some = random.chance(0.2) ? null : refs(caller);
    return new Input.Cancel(call, caller, some, "not needed");
  }

  Input list(long call, String caller) {
    TaskStatus status = random.chance(0.5) ? null : random.pick(List.of(TaskStatus.values()));
    return new Input.ListTasks(call, caller, status, 5);
  }

  /** The text tells which message it is. */
  Input send(long call, String caller) {
    return new Input.Send(call, caller, ref(caller), "message " + call, random.chance(0.4));
  }

  /** Likewise, to a task that may have a lot of them already. */
  Input sendTo(String ref, long call, String caller) {
    return new Input.Send(call, caller, ref, "message " + call, false);
  }

  Input answer(long call, String caller) {
    List<PendingRequest> open = requests.all();
    if (open.isEmpty() || random.chance(0.05)) {
      return new Input.AnswerRequest(call, caller, null, "req_of_nobody", new Reply.Allow());
    }
    PendingRequest request = random.pickNewest(open, 6);
    String ref = random.chance(0.7) ? null : random.chance(0.5) ? request.sessionId() : ref(caller);
    return new Input.AnswerRequest(call, caller, ref, request.id(), reply(request));
  }

  /** What whoever runs the host asks for. */
  Input operate(long call) {
    TaskId id = new TaskId(all.isEmpty() ? "bg_of_nobody" : random.pickNewest(all, 12));
    List<PendingRequest> open = requests.all();
    PendingRequest request = open.isEmpty() ? null : random.pickNewest(open, 6);
    return switch (random.between(1, 14)) {
      case 1, 7, 8 -> new Input.OperatorTask(call, id);
      case 9 -> new Input.OperatorPurge(call, random.between(0, 2_000_000));
      case 2, 3, 10 -> new Input.OperatorCancel(call, id, "too dear");
      case 4, 5, 11, 12 ->
          request == null
              ? new Input.OperatorAnswer(call, "req_of_nobody", new Reply.Allow())
              : new Input.OperatorAnswer(call, request.id(), reply(request));
      default -> new Input.OperatorTasks(call);
    };
  }

  private Reply reply(PendingRequest request) {
    boolean question = request.kind() == PendingRequest.Kind.QUESTION;
    if (question != random.chance(0.1)) {
      return random.chance(0.8)
          ? new Reply.Answer(List.of(List.of("yes")))
          : new Reply.Reject("better not");
    }
    return random.pick(List.of(new Reply.Allow(), new Reply.AllowAlways(), new Reply.Reject(null)));
  }

  Input clearNotices(long call, String caller) {
    List<String> some = random.chance(0.5) ? List.of() : refs(caller);
    return new Input.ClearNotices(call, caller, some);
  }

  private List<String> refs(String caller) {
    List<String> some = new ArrayList<>();
    for (int i = random.between(1, 3); i > 0; i--) {
      some.add(ref(caller));
    }
    return some;
  }

  /** A task of late, mostly one of the caller's own. */
  String ref(String caller) {
    List<String> own = byCaller.getOrDefault(caller, List.of());
    if (!own.isEmpty() && random.chance(0.7)) {
      return random.pickNewest(own, 6);
    }
    return all.isEmpty() || random.chance(0.05) ? "bg_of_nobody" : random.pickNewest(all, 12);
  }
}
