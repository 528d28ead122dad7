package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import dev.sideline.api.ToolUse;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A task is stopped for going round in circles if and only if it was heard to. */
final class Loops implements Check {

  /** What was heard of a task's calls. */
  private static final class Calls {

    private final Set<String> compared = new HashSet<>();
    private String last = "";
    private int same;
    private int most;

    private final Heard<ToolUse> heard = new Heard<>();

    private void heard(ToolUse use) {
      boolean shown = use.state() != ToolUse.State.PENDING && !use.arguments().isEmpty();
      if ((shown || use.state().ended()) && compared.add(use.callId())) {
        heard.hear(use);
        // Of one that was never shown, nobody knows what it was; and to look at tasks is none.
        boolean probes = use.tool().contains("background_");
        String call = probes || use.arguments().isEmpty() ? "" : use.tool() + " " + use.arguments();
        same = call.isEmpty() ? 0 : call.equals(last) ? same + 1 : 1;
        last = call;
        most = Math.max(most, same);
      }
    }

    private void crashed(@Nullable MeterRow recorded) {
      List<ToolUse> left = heard.crashed(recorded);
      compared.clear();
      last = "";
      same = 0;
      most = 0;
      heard.crashed(null);
      left.forEach(this::heard);
      if (recorded != null) {
        heard.write(recorded);
      }
    }
  }

  private final int loopCalls;
  private final TaskHistory history;
  private final Map<TaskId, Calls> heard = new HashMap<>();
  private final Set<TaskId> ended = new HashSet<>();

  Loops(int loopCalls, TaskHistory history) {
    this.loopCalls = loopCalls;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.Probed probed) {
      Task task = history.find(probed.task());
      if (task != null) {
        hear(task, probed.result().toolUses());
      }
    } else if (input instanceof Input.Observed observed
        && observed.event() instanceof SessionEvent.PartUpdated part
        && part.toolUse() != null) {
      Task task = history.ofSession(part.sessionId());
      if (task != null) {
        hear(task, List.of(part.toolUse()));
      }
    }
    step.changes().meters().forEach(row -> calls(row.task()).heard.write(row));
    for (TaskHistory.Change change : changes) {
      if (change.ends()) {
        ended.add(change.now().id());
        checkReason(change.now());
      }
    }
  }

  @Override
  public void crashed(LastRecord record) {
    ended.removeIf(record::isLive);
    heard.forEach(
        (id, calls) -> {
          if (record.isLive(id)) {
            calls.crashed(record.meters(id));
          }
        });
  }

  private void hear(Task task, List<ToolUse> uses) {
    if (ended.contains(task.id())) {
      return;
    }
    Calls calls = calls(task.id());
    uses.forEach(calls::heard);
    if (loopCalls > 0 && calls.same >= loopCalls && task.status().active()) {
      throw new BrokenPromise("made the same call " + calls.same + " times and goes on: " + task);
    }
  }

  private Calls calls(TaskId id) {
    return heard.computeIfAbsent(id, key -> new Calls());
  }

  private void checkReason(Task task) {
    Calls calls = heard.get(task.id());
    if (task.endedFor(Reason.LOOP) && (loopCalls == 0 || calls == null || calls.most < loopCalls)) {
      throw new BrokenPromise("has not gone round in circles: " + task);
    }
  }
}
