package dev.sideline.background.simulation;

import dev.sideline.background.ledger.Answer;
import dev.sideline.background.ledger.Effect;
import dev.sideline.background.ledger.Input;
import dev.sideline.background.ledger.Ledger;
import dev.sideline.background.ledger.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold after every step, whatever happens. */
final class Promises {

  private static final int PATIENCE_SECONDS = 25;

  private final Settings settings;
  private final SimulatedHost host;
  private final WatchedRetained retained;
  private final Deliveries deliveries;

  /** Every task that there ever was, as it was published or recorded last. */
  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();

  private final Map<TaskId, Task> live = new LinkedHashMap<>();
  private final Map<String, TaskId> bySession = new HashMap<>();
  private final Set<TaskId> forgotten = new HashSet<>();
  private final Set<String> deletedSessions = new HashSet<>();

  /** The looks at sessions that are under way. */
  private final Map<TaskId, Integer> looks = new HashMap<>();

  private final Map<TaskId, Integer> aborts = new HashMap<>();
  private Asks asks = Asks.NOT;

  /** Whether the host is being asked what its sessions do. */
  private enum Asks {
    NOT,
    ROUTINELY,
    /** Since before events were lost. */
    TOO_EARLY,
    /** Since after events were lost. */
    RIGHTLY
  }

  Promises(Settings settings, SimulatedHost host, WatchedRetained retained, Deliveries deliveries) {
    this.settings = settings;
    this.host = host;
    this.retained = retained;
    this.deliveries = deliveries;
  }

  void deleted(String session) {
    deletedSessions.add(session);
  }

  /** A session has begun to work: if it is a task's, that task must be live. */
  void beginsToWork(SimulatedSession session) {
    TaskId id = bySession.get(session.id());
    Task task = id == null ? null : tasks.get(id);
    if (task != null && task.status().terminal() && !abandoned(task)) {
      throw new BrokenPromise("P6: its session begins to work after the end of " + task);
    }
  }

  void after(Input input, Step step, Ledger ledger) {
    for (Task task : step.changes().saved()) {
      moved(task, input);
    }
    for (Task task : step.changes().saved()) {
      saved(task);
    }
    for (TaskId id : step.changes().forgotten()) {
      forgotten(id, input);
    }
    retained.drainAdded().forEach(this::checkRetirement);
    checkLooks(input, step, ledger);
    step.effects().forEach(effect -> checkEffect(input, effect));
    checkLimits(ledger);
  }

  // --- P3: terminal is for ever, and only the table's transitions

  private void moved(Task task, Input input) {
    Task before = tasks.put(task.id(), task);
    if (before == null) {
      if (task.status() != TaskStatus.PENDING) {
        throw new BrokenPromise("P3: did not begin as pending: " + task);
      }
    } else if (!before.status().canMoveTo(task.status())) {
      throw new BrokenPromise("P3: moved from " + before.status() + " to " + task);
    }
    if (task.status().terminal()) {
      checkAbandoned(task);
      live.remove(task.id());
      deliveries.settled(task);
      checkQuiet(task);
    } else {
      live.put(task.id(), task);
    }
    boolean stopped =
        task.status() == TaskStatus.CANCELLING
            || (before != null
                && before.status() == TaskStatus.PENDING
                && task.status() == TaskStatus.CANCELLED);
    if (stopped && input instanceof Input.Cancel cancel && cascaded(task, cancel)) {
      deliveries.cancelled(task.id(), cancel.caller());
    }
  }

  /** Whether a caller has stopped a task of its own, and not the task's parent been stopped. */
  private boolean cascaded(Task task, Input.Cancel cancel) {
    return task.parent().equals(cancel.caller());
  }

  private void saved(Task task) {
    Task before = tasks.get(task.id());
    if (before == null || before.status() != task.status()) {
      throw new BrokenPromise("P3: recorded as what it is not: " + task + " is " + before);
    }
    if (before.status().terminal() && !before.equals(task)) {
      throw new BrokenPromise("P3: a terminal record changed from " + before + " to " + task);
    }
    if (before.session() != null && !before.session().equals(task.session())) {
      throw new BrokenPromise("a task changed its session: " + before + " to " + task);
    }
    if (task.activation() < before.activation()) {
      throw new BrokenPromise("an activation went back: " + before + " to " + task);
    }
    tasks.put(task.id(), task);
    if (!task.status().terminal()) {
      live.put(task.id(), task);
    }
    if (task.session() != null) {
      bySession.put(task.session(), task.id());
    }
  }

  // --- P6: ended means quiet

  private void checkQuiet(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    if (session != null && session.working() && !abandoned(task)) {
      throw new BrokenPromise("P6: its session is still at work: " + task);
    }
  }

  /** Abandoned is what does not stop although it is told to again and again. */
  private void checkAbandoned(Task task) {
    boolean patient = settings.sessions().cancelGrace().toSeconds() >= PATIENCE_SECONDS;
    if (abandoned(task) && patient && aborts.getOrDefault(task.id(), 0) < 2) {
      throw new BrokenPromise("P6: abandoned without much ado: " + task);
    }
  }

  private static boolean abandoned(Task task) {
    return task.outcome() != null && task.outcome().reason() == Reason.ABANDONED;
  }

  // --- P7: what is live, owed, or has siblings running, is kept

  private void forgotten(TaskId id, Input input) {
    forgotten.add(id);
    Task task = tasks.get(id);
    if (task == null) {
      throw new BrokenPromise("forgot what never was: " + id);
    }
    if (input instanceof Input.NotStored notStored && notStored.task().equals(id)) {
      live.remove(id);
      return;
    }
    if (!task.status().terminal()) {
      throw new BrokenPromise("P7: forgot a live task: " + task);
    }
    checkRetirement(task);
  }

  private void checkRetirement(Task task) {
    if (!task.status().terminal()) {
      throw new BrokenPromise("P7: retired a live task: " + task);
    }
    if (unreachable(task.parent())) {
      return;
    }
    if (!deliveries.told(task.id())) {
      throw new BrokenPromise("P7: retired before its parent was told: " + task);
    }
  }

  /** Whether a session is gone, or is that of a task that will not be told anything any more. */
  boolean unreachable(String session) {
    if (host.find(session) == null || deletedSessions.contains(session)) {
      return true;
    }
    Task task = ofSession(session);
    return task != null
        && (task.status() == TaskStatus.CANCELLING
            || task.status() == TaskStatus.CANCELLED
            || task.status() == TaskStatus.FAILED);
  }

  private @Nullable Task ofSession(String session) {
    TaskId id = bySession.get(session);
    return id == null ? null : tasks.get(id);
  }

  // --- effects

  private void checkEffect(Input input, Effect effect) {
    if (effect instanceof Effect.Abort abort) {
      aborts.merge(abort.task(), 1, Integer::sum);
    } else if (effect instanceof Effect.SendNotice send) {
      Task above = ofSession(send.notice().parent());
      boolean ended =
          above != null && (above.status() == TaskStatus.CANCELLING || above.status().terminal());
      if (send.notice().wake() && ended && !forgotten.contains(above.id())) {
        throw new BrokenPromise("a cascade wakes a session whose task is " + above);
      }
    } else if (effect instanceof Effect.SendPrompt send && send.task().status().terminal()) {
      throw new BrokenPromise("prompts for a task that has ended: " + send.task());
    } else if (effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.UnknownTask unknown) {
      checkUnknown(input, unknown);
    } else if (effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.Launched
        && input instanceof Input.Launch launch) {
      checkLauncher(launch.caller());
    }
  }

  private void checkUnknown(Input input, Answer.UnknownTask unknown) {
    Task task = tasks.get(new TaskId(unknown.ref()));
    String caller =
        input instanceof Input.Output output
            ? output.caller()
            : input instanceof Input.Cancel cancel ? cancel.caller() : "";
    if (task != null && !forgotten.contains(task.id()) && task.belongsTo(caller)) {
      throw new BrokenPromise("L4: not known although it was not forgotten: " + task);
    }
    for (String known : unknown.known()) {
      Task suggested = tasks.get(new TaskId(known));
      if (suggested == null || !suggested.belongsTo(caller)) {
        throw new BrokenPromise("P8: " + caller + " was told of " + known);
      }
      if (forgotten.contains(suggested.id())) {
        throw new BrokenPromise("L4: suggests a task that is forgotten: " + suggested);
      }
    }
  }

  private void checkLauncher(String caller) {
    Task own = ofSession(caller);
    if (own != null && !forgotten.contains(own.id()) && own.status() == TaskStatus.CANCELLED) {
      throw new BrokenPromise("P6: launched for a session whose task was cancelled: " + own);
    }
  }

  // --- P2: after a loss of events, the host is asked at once, and every silent session looked at

  private void checkLooks(Input input, Step step, Ledger ledger) {
    boolean fetches = false;
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Inspect inspect) {
        looks.merge(inspect.task(), 1, Integer::sum);
      }
      fetches |= effect instanceof Effect.FetchStatuses;
    }
    if (input instanceof Input.Inspected inspected) {
      looks.merge(inspected.task(), -1, Integer::sum);
    } else if (input instanceof Input.InspectFailed failed) {
      looks.merge(failed.task(), -1, Integer::sum);
    } else if (input instanceof Input.EventsLost) {
      asks = fetches ? Asks.RIGHTLY : asks == Asks.NOT ? Asks.NOT : Asks.TOO_EARLY;
      if (asks == Asks.NOT && ledger.size() > 0) {
        throw new BrokenPromise("P2: events were lost, and the host is not asked");
      }
      return;
    } else if (input instanceof Input.StatusesFetched fetched) {
      if (asks == Asks.RIGHTLY) {
        live.values().forEach(task -> checkLook(task, fetched));
      } else if (asks == Asks.TOO_EARLY && !fetches) {
        throw new BrokenPromise("P2: events were lost, and what is older than that was believed");
      }
    }
    if (fetches) {
      asks = asks == Asks.TOO_EARLY ? Asks.RIGHTLY : Asks.ROUTINELY;
    } else if (input instanceof Input.StatusesFetched || input instanceof Input.StatusesFailed) {
      asks = Asks.NOT;
    }
  }

  private void checkLook(Task task, Input.StatusesFetched fetched) {
    boolean silent = task.status().active() && !fetched.statuses().containsKey(task.session());
    if (silent && looks.getOrDefault(task.id(), 0) == 0) {
      throw new BrokenPromise("P2: events were lost, and nobody looks at " + task);
    }
  }

  // --- P5: limits

  private void checkLimits(Ledger ledger) {
    Map<String, Integer> ofParent = new HashMap<>();
    int slots = 0;
    int starting = 0;
    int working = 0;
    for (Task task : live.values()) {
      if (task.status() != TaskStatus.PENDING && !task.status().terminal()) {
        slots++;
        if (ofParent.merge(task.parent(), 1, Integer::sum)
            > settings.slots().maxRunningPerParent()) {
          throw new BrokenPromise("P5: too many tasks of " + task.parent() + " run: " + live);
        }
      }
      starting += task.status() == TaskStatus.STARTING ? 1 : 0;
      SimulatedSession session = task.session() == null ? null : host.find(task.session());
      working += session != null && session.working() ? 1 : 0;
    }
    check("taken slots", ledger.running(), settings.slots().maxRunning());
    check("starting tasks", starting, settings.slots().maxStarting());
    check("sessions at work", working, settings.slots().maxRunning());
    check("live tasks", live.size(), settings.launches().maxTasks());
    // Fewer slots than tasks, where a task that waits for its own has lent its slot to one.
    boolean plausible = ledger.running() <= slots && (ledger.running() > 0) == (slots > 0);
    if (!plausible || ledger.live() != live.size()) {
      throw new BrokenPromise(
          "P5: the ledger counts %d slots and %d live tasks, but there are %d and %d"
              .formatted(ledger.running(), ledger.live(), slots, live.size()));
    }
  }

  private static void check(String what, int count, int max) {
    if (count > max) {
      throw new BrokenPromise("P5: there are " + count + " " + what + ", and may be " + max);
    }
  }

  // --- at the end

  /** After the faults have stopped and everything has had its time. */
  void checkEnd(Ledger ledger) {
    if (!live.isEmpty()) {
      throw new BrokenPromise("P2: not settled: " + live.values());
    }
    if (ledger.size() != 0) {
      throw new BrokenPromise("left over: " + ledger.size() + " settled tasks are still held");
    }
    if (ledger.nextDue() != Long.MAX_VALUE) {
      throw new BrokenPromise("left over: the agenda is not empty");
    }
    for (SimulatedSession session : host.all()) {
      if (session.working() && bySession.containsKey(session.id())) {
        Task task = Objects.requireNonNull(ofSession(session.id()));
        if (!abandoned(task)) {
          throw new BrokenPromise("still at work: " + task);
        }
      }
    }
    deliveries.checkAllTold(session -> !unreachable(session));
  }

  /** What is still recorded at the end must be what is retained, and nothing else. */
  void checkRecorded(List<Task> recorded) {
    for (Task task : recorded) {
      if (!task.equals(tasks.get(task.id()))) {
        throw new BrokenPromise("recorded as " + task + " but was " + tasks.get(task.id()));
      }
      if (!retained.holds(task.id())) {
        throw new BrokenPromise("left over in the store: " + task);
      }
    }
    if (recorded.size() != retained.count()) {
      throw new BrokenPromise(
          retained.count() + " tasks are retained and " + recorded.size() + " recorded");
    }
  }

  int total() {
    return tasks.size();
  }

  Map<TaskStatus, Integer> census() {
    Map<TaskStatus, Integer> census = new EnumMap<>(TaskStatus.class);
    tasks.values().forEach(task -> census.merge(task.status(), 1, Integer::sum));
    return census;
  }

  Map<Reason, Integer> reasons() {
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    for (Task task : tasks.values()) {
      if (task.outcome() != null) {
        reasons.merge(task.outcome().reason(), 1, Integer::sum);
      }
    }
    return reasons;
  }
}
