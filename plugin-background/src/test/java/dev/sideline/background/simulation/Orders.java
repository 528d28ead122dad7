package dev.sideline.background.simulation;

import dev.sideline.api.AgentCatalog;
import dev.sideline.api.AgentInfo;
import dev.sideline.api.ModelRef;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reply;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.WaitMode;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.NamedAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.task.Terms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What callers ask for, sensibly most of the time. */
final class Orders {

  static final List<ModelRef> MODELS =
      List.of(
          new ModelRef("sim", "small"), new ModelRef("sim", "big"), new ModelRef("other", "one"));

  private static final List<String> AGENTS = List.of("agent", "agent", "explore", " Explore");
  private static final String SCHEMA = "{\"type\":\"object\"}";

  private final Dice dice;
  private final Climate climate;
  private final Settings.Guards guards;
  private final SimulatedRequests requests;

  /** The ids that callers know: of tasks, and of the sessions that they run in. */
  private final List<String> all = new ArrayList<>();

  private final Map<String, List<String>> byCaller = new HashMap<>();
  private final Map<String, Input.Launch> byKey = new HashMap<>();

  Orders(Dice dice, Climate climate, Settings settings, SimulatedRequests requests) {
    this.dice = dice;
    this.climate = climate;
    this.guards = settings.guards();
    this.requests = requests;
  }

  /** A caller has learnt of a task, or of its session. */
  void learnt(String caller, String ref) {
    all.add(ref);
    byCaller.computeIfAbsent(caller, key -> new ArrayList<>()).add(ref);
  }

  Input launch(long call, String caller) {
    String key = dice.chance(0.3 * climate.terms()) ? "key_" + dice.between(1, 4) : null;
    Input.Launch before = key == null ? null : byKey.get(caller + key);
    if (before != null && dice.chance(0.7)) {
      return new Input.Launch(
          call,
          caller,
          before.assignment(),
          before.terms(),
          before.after(),
          before.resumes(),
          before.agents(),
          Reaches.of(caller));
    }
    boolean resumes = dice.chance(0.4 * climate.relations());
    Input.Launch launch =
        new Input.Launch(
            call,
            caller,
            assignment(resumes),
            terms(key),
            dice.chance(0.5 * climate.relations()) ? refs(caller) : List.of(),
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
    if (dice.chance(0.9)) {
      return LaunchableAgents.any();
    }
    List<AgentInfo> all = new ArrayList<>();
    for (String agent : new LinkedHashSet<>(AGENTS)) {
      all.add(new AgentInfo(agent, "", dice.pick(List.of(AgentInfo.Access.values()))));
    }
    String byDefault = dice.chance(0.5) ? all.get(0).name() : null;
    return LaunchableAgents.of(
        new AgentCatalog(all, byDefault), new NamedAgents(dice.chance(0.3), Set.of()));
  }

  private Assignment assignment(boolean resumes) {
    boolean sameAgent = resumes && dice.chance(0.7);
    String agent = sameAgent ? "" : dice.chance(0.03) ? "nobody" : dice.pick(AGENTS);
    return new Assignment(
        "a task",
        "do it",
        agent,
        dice.chance(0.4) ? dice.pick(MODELS) : null,
        null,
        dice.chance(0.5) ? null : "/work/" + dice.between(1, 3),
        dice.chance(0.5 * climate.schemas()) ? SCHEMA : null);
  }

  /** As a tool would fill them in: what the caller does not say is as it is by default. */
  private Terms terms(@Nullable String key) {
    boolean own = dice.chance(climate.terms());
    return new Terms(
        own ? dice.between(-3, 3) : 0,
        own ? dice.pick(List.of(Terms.Notify.values())) : Terms.Notify.EACH,
        own ? dice.between(3_000, 120_000) : guards.timeout().toMillis(),
        own ? dice.between(3_000, 60_000) : guards.stall().toMillis(),
        own ? budget() : guards.perTask(),
        key,
        null);
  }

  private Budget budget() {
    Budget most = guards.perTask();
    return new Budget(
        dice.chance(0.5) ? most.maxToolCalls() : less(dice.between(1, 8), most.maxToolCalls()),
        dice.chance(0.5) ? most.maxTokens() : less(dice.between(20, 400), most.maxTokens()),
        most.maxCostUsd());
  }

  private static long less(long wanted, long most) {
    return most == 0 ? wanted : Math.min(wanted, most);
  }

  Input output(long call, String caller) {
    WaitMode mode = dice.pick(List.of(WaitMode.values()));
    List<String> some = dice.chance(0.4) ? List.of() : refs(caller);
    return new Input.Output(call, caller, some, mode, dice.between(100, 40_000));
  }

  Input cancel(long call, String caller) {
    List<String> some = dice.chance(0.2) ? null : refs(caller);
    return new Input.Cancel(call, caller, some, "not needed");
  }

  Input list(long call, String caller) {
    TaskStatus status = dice.chance(0.5) ? null : dice.pick(List.of(TaskStatus.values()));
    return new Input.ListTasks(call, caller, status, 5);
  }

  /** The text tells which message it is. */
  Input send(long call, String caller) {
    return new Input.Send(call, caller, ref(caller), "message " + call, dice.chance(0.4));
  }

  /** Likewise, to a task that may have a lot of them already. */
  Input sendTo(String ref, long call, String caller) {
    return new Input.Send(call, caller, ref, "message " + call, false);
  }

  Input answer(long call, String caller) {
    List<PendingRequest> open = requests.all();
    if (open.isEmpty() || dice.chance(0.05)) {
      return new Input.AnswerRequest(call, caller, null, "req_of_nobody", new Reply.Allow());
    }
    PendingRequest request = dice.pickNewest(open, 6);
    String ref = dice.chance(0.7) ? null : dice.chance(0.5) ? request.sessionId() : ref(caller);
    return new Input.AnswerRequest(call, caller, ref, request.id(), reply(request));
  }

  /** What whoever runs the host asks for. */
  Input operate(long call) {
    TaskId id = new TaskId(all.isEmpty() ? "bg_of_nobody" : dice.pickNewest(all, 12));
    List<PendingRequest> open = requests.all();
    PendingRequest request = open.isEmpty() ? null : dice.pickNewest(open, 6);
    return switch (dice.between(1, 6)) {
      case 1 -> new Input.OperatorTask(call, id);
      case 2, 3 -> new Input.OperatorCancel(call, id, "too dear");
      case 4, 5 ->
          request == null
              ? new Input.OperatorAnswer(call, "req_of_nobody", new Reply.Allow())
              : new Input.OperatorAnswer(call, request.id(), reply(request));
      default -> new Input.OperatorTasks(call);
    };
  }

  private Reply reply(PendingRequest request) {
    boolean question = request.kind() == PendingRequest.Kind.QUESTION;
    if (question != dice.chance(0.1)) {
      return dice.chance(0.8)
          ? new Reply.Answer(List.of(List.of("yes")))
          : new Reply.Reject("better not");
    }
    return dice.pick(List.of(new Reply.Allow(), new Reply.AllowAlways(), new Reply.Reject(null)));
  }

  Input clearNotices(long call, String caller) {
    List<String> some = dice.chance(0.5) ? List.of() : refs(caller);
    return new Input.ClearNotices(call, caller, some);
  }

  private List<String> refs(String caller) {
    List<String> some = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      some.add(ref(caller));
    }
    return some;
  }

  /** A task of late, mostly one of the caller's own. */
  String ref(String caller) {
    List<String> own = byCaller.getOrDefault(caller, List.of());
    if (!own.isEmpty() && dice.chance(0.7)) {
      return dice.pickNewest(own, 6);
    }
    return all.isEmpty() || dice.chance(0.05) ? "bg_of_nobody" : dice.pickNewest(all, 12);
  }
}
