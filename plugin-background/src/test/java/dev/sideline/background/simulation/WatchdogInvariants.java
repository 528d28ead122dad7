package dev.sideline.background.simulation;

import dev.sideline.api.Message;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.task.Budget;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Spending;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines, budgets, and what tasks follow on: that a task is stopped when it has to be, and not
 * for a reason that is none.
 */
final class WatchdogInvariants {

  /**
   * What was reported.
   *
   * @param of the id of a tool call, or of a message
   * @param usage what the message has used; null for a call
   */
  private record Report(String of, @Nullable Usage usage) {}

  /** What has been reported of a task. */
  private static final class Meter {
    private final Set<String> calls = new HashSet<>();
    private final Map<String, Usage> usage = new HashMap<>();
    private final Heard<Report> heard = new Heard<>();

    /** What counts for its tree: what one that is being stopped still uses counts in the end. */
    private Spending checked = Spending.NONE;

    private void hear(Report report) {
      Usage used = report.usage();
      Usage before = usage.get(report.of());
      if (used == null ? calls.add(report.of()) : !used.equals(before)) {
        heard.hear(report);
      }
      if (used != null) {
        usage.merge(report.of(), used, Meter::more);
      }
    }

    /** A report that comes late must not make it less. */
    private static Usage more(Usage old, Usage now) {
      return old.tokens() > now.tokens() ? old : now;
    }

    private void crashed(@Nullable MeterRow recorded) {
      List<Report> left = heard.crashed(recorded);
      heard.crashed(null);
      calls.clear();
      usage.clear();
      left.forEach(this::hear);
      if (recorded != null) {
        heard.write(recorded);
      }
      checked = spending();
    }

    private Spending spending() {
      return Spending.of(calls.size(), usage.values().stream().reduce(Usage.NONE, Usage::plus));
    }
  }

  /** Deadlines are looked at once a second. */
  private static final long ROUND_MILLIS = 1_000;

  /** After a pause, a task is looked at before it is judged, or is given this long. */
  private static final long UNSEEN_MILLIS = 10_000;

  private final Settings settings;
  private final VirtualTime time;
  private final TaskHistory history;
  private final SimulatedHost host;
  private final Map<TaskId, Meter> meters = new HashMap<>();

  private long begunMillis;

  WatchdogInvariants(Settings settings, VirtualTime time, TaskHistory history, SimulatedHost host) {
    this.settings = settings;
    this.time = time;
    this.history = history;
    this.host = host;
  }

  void crashed(LastRecord record) {
    meters.forEach(
        (id, meter) -> {
          if (record.isLive(id)) {
            meter.crashed(record.meters(id));
          }
        });
  }

  /** A process begins. */
  void begins() {
    begunMillis = time.millis();
  }

  // --- deadlines

  /** No task outlives its deadline by more than it is given to become quiet. */
  void checkDeadlines() {
    // A pause may put off both when its time is over and when its grace is.
    long grace = settings.sessions().cancelGrace().toMillis() + 2 * UNSEEN_MILLIS;
    for (Task task : history.live()) {
      long timeout = task.options().timeoutMillis();
      if (timeout > 0
          && task.startedMillis() > 0
          && time.millis()
              > Math.max(task.startedMillis() + timeout, begunMillis) + ROUND_MILLIS + grace) {
        throw new BrokenPromise("a deadline was overrun by more than the grace: " + task);
      }
    }
  }

  // --- budgets

  /** A task is stopped by the very report that shows it beyond its budget. */
  void checkBudget(Input input, Step step) {
    Task task = reported(input);
    step.changes().meters().forEach(row -> meter(row.task()).heard.write(row));
    if (task == null) {
      return;
    }
    String exceeded = task.options().budget().exceededBy(meter(task.id()).spending());
    boolean goesOn = !task.status().terminal() && task.status() != TaskStatus.CANCELLING;
    if (exceeded != null && goesOn) {
      throw new BrokenPromise("a budget was exceeded (" + exceeded + ") and it goes on: " + task);
    }
    Meter meter = meter(task.id());
    boolean news = !meter.spending().equals(meter.checked);
    if (!news || !task.status().active()) {
      return;
    }
    meter.checked = meter.spending();
    if (host.find(task.root()) == null) {
      return;
    }
    String byTree = settings.watchdog().perTree().exceededBy(reportedBelow(task.root()));
    if (byTree != null) {
      throw new BrokenPromise("its tree's budget was exceeded (" + byTree + "): " + task);
    }
  }

  /** What all tasks of a tree have used, as far as they have ended, or it was reported in time. */
  private Spending reportedBelow(String root) {
    Spending sum = Spending.NONE;
    for (Task task : history.all()) {
      if (task.root().equals(root)) {
        boolean over = task.status().terminal();
        sum = sum.plus(over ? task.progress().spending() : meter(task.id()).checked);
      }
    }
    return sum;
  }

  private Meter meter(TaskId id) {
    return meters.computeIfAbsent(id, key -> new Meter());
  }

  private @Nullable Task reported(Input input) {
    if (input instanceof Input.Probed probed) {
      Task task = history.find(probed.task());
      if (task != null) {
        probed.result().usage().forEach((id, usage) -> report(task, id, usage));
      }
      return task;
    }
    if (!(input instanceof Input.Observed observed)) {
      return null;
    }
    Task task = history.ofSession(observed.event().sessionId());
    if (task == null || task.status() == TaskStatus.PENDING) {
      return null;
    }
    if (observed.event() instanceof SessionEvent.MessageUpdated updated
        && updated.message().role() == Message.Role.ASSISTANT) {
      report(task, updated.message().id(), updated.message().usage());
    } else if (observed.event() instanceof SessionEvent.PartUpdated part
        && part.toolUse() != null) {
      meter(task.id()).hear(new Report(part.toolUse().callId(), null));
    }
    return task;
  }

  private void report(Task task, String message, Usage usage) {
    meter(task.id()).hear(new Report(message, usage));
  }

  // --- what tasks follow on

  void started(Task task) {
    for (TaskId id : task.provenance().after()) {
      Task before = history.find(id);
      if (before == null || !before.status().terminal()) {
        throw new BrokenPromise("started before " + before + " has ended: " + task);
      }
      if (before.status() != TaskStatus.COMPLETED
          && settings.launches().afterFailed() == AfterFailed.FAIL) {
        throw new BrokenPromise("started after " + before + " has not succeeded: " + task);
      }
    }
  }

  // --- reasons

  /** A task that ends for some reason has it. */
  void checkReason(Task task) {
    Reason reason = task.outcome() == null ? Reason.OK : task.outcome().reason();
    boolean right =
        switch (reason) {
          case TIMED_OUT ->
              task.options().timeoutMillis() > 0
                  && time.millis() >= task.startedMillis() + task.options().timeoutMillis();
          case DEPENDENCY_FAILED -> task.provenance().after().stream().anyMatch(this::notSucceeded);
          case BUDGET_EXCEEDED -> overspent(task);
          case LOOP -> loops(task);
          case STALLED -> task.options().stallMillis() > 0;
          case REJECTED -> task.spec().resultSchema() != null;
          default -> true;
        };
    if (!right) {
      throw new BrokenPromise("ended for no such reason: " + task);
    }
  }

  private boolean notSucceeded(TaskId id) {
    Task before = history.find(id);
    // One that could not be recorded has never been.
    return before == null
        || history.forgotten(id)
        || (before.status().terminal() && before.status() != TaskStatus.COMPLETED);
  }

  private boolean overspent(Task task) {
    Budget tree = settings.watchdog().perTree();
    return task.options().budget().exceededBy(spent(task)) != null
        || tree.exceededBy(spentBelow(task.root())) != null;
  }

  private Spending spent(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    // Of one that was removed, only what it has told is left.
    return session == null
        ? task.progress().spending()
        : Spending.of(session.toolUses().size(), session.usage());
  }

  private Spending spentBelow(String root) {
    Spending sum = Spending.NONE;
    for (Task task : history.all()) {
      if (task.root().equals(root)) {
        sum = sum.plus(spent(task));
      }
    }
    return sum;
  }

  private boolean loops(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    if (session == null) {
      return true;
    }
    // In a row, by what was heard: what was called in between may have got lost.
    Map<String, Integer> counts = new HashMap<>();
    for (ToolUse use : session.toolUses()) {
      counts.merge(use.tool() + use.arguments(), 1, Integer::sum);
    }
    return counts.values().stream().anyMatch(count -> count >= settings.watchdog().loopCalls());
  }
}
