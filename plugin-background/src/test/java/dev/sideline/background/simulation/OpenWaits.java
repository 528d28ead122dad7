package dev.sideline.background.simulation;

import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls that wait end when what they wait for has come, when a task asks, or at their time; not
 * later, and not earlier.
 */
final class OpenWaits implements Check {

  private static final long SLACK_MILLIS = 1_000;

  /** A call that waits. */
  private static final class Open {

    private final Input.Output output;
    private final List<TaskId> tasks;
    private long dueMillis;

    private Open(Input.Output output, List<TaskId> tasks, long dueMillis) {
      this.output = output;
      this.tasks = tasks;
      this.dueMillis = dueMillis;
    }
  }

  private final VirtualTime time;
  private final TaskHistory history;
  private final Map<Long, Open> open = new LinkedHashMap<>();

  OpenWaits(VirtualTime time, TaskHistory history) {
    this.time = time;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.Output output && output.mode() != WaitMode.NONE) {
      long due = time.millis() + output.timeoutMillis();
      open.put(output.call(), new Open(output, meant(output), due));
    } else if (input instanceof Input.CallAbandoned abandoned) {
      open.remove(abandoned.call());
    } else if (input instanceof Input.Paused paused) {
      long now = time.millis();
      open.values()
          .forEach(wait -> wait.dueMillis = Math.max(now, wait.dueMillis - paused.gapMillis()));
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply) {
        Open answered = open.remove(reply.call());
        if (answered != null && reply.answer() instanceof Answer.Shown shown) {
          checkAnswer(answered, shown, input);
        }
      }
    }
    open.values().forEach(wait -> checkOpen(wait, changes));
    if (input instanceof Input.Observed observed
        && observed.event() instanceof SessionEvent.Failed failed
        && failed.failure().aborted()) {
      checkStopped(failed.sessionId());
    }
  }

  @Override
  public void crashed(LastRecord record) {
    open.clear();
  }

  private List<TaskId> meant(Input.Output output) {
    List<TaskId> meant = new ArrayList<>();
    if (output.refs().isEmpty()) {
      for (Task task : history.live()) {
        if (task.belongsTo(output.caller())) {
          meant.add(task.id());
        }
      }
    }
    for (String ref : output.refs()) {
      Task task = history.find(new TaskId(ref));
      task = task == null ? history.ofSession(ref) : task;
      if (task != null) {
        meant.add(task.id());
      }
    }
    return meant;
  }

  private void checkAnswer(Open wait, Answer.Shown shown, Input input) {
    boolean early = shown.waitedInVain() && time.millis() < wait.dueMillis;
    if (early && !mayBeStopped(wait.output.caller(), input)) {
      throw new BrokenPromise("ended before its time, in vain: " + wait.output + " by " + input);
    }
  }

  /** Whether the agent that waits may just have been heard of as not waiting any more. */
  private boolean mayBeStopped(String caller, Input input) {
    Task own = history.ofSession(caller);
    return own != null
        || input instanceof Input.Shutdown
        || input instanceof Input.StatusesFetched
        || (input instanceof Input.Observed observed
            && observed.event().sessionId().equals(caller));
  }

  private void checkOpen(Open wait, List<TaskHistory.Change> changes) {
    Input.Output output = wait.output;
    Task own = history.ofSession(output.caller());
    boolean stopping = own != null && own.status() == TaskStatus.CANCELLING;
    if (time.millis() > wait.dueMillis + SLACK_MILLIS && !stopping) {
      throw new BrokenPromise("still waits after its time: " + output);
    }
    if (own != null) {
      // It is answered when it has a slot to go on with, or its time is over.
      return;
    }
    long over = wait.tasks.stream().filter(this::isOver).count();
    if (output.mode() == WaitMode.ALL ? over == wait.tasks.size() : over > 0) {
      throw new BrokenPromise("still waits for what has come: " + output);
    }
    for (TaskHistory.Change change : changes) {
      if (change.enters(TaskStatus.INPUT_REQUIRED) && wait.tasks.contains(change.now().id())) {
        throw new BrokenPromise("still waits for one that asks: " + output + ", " + change.now());
      }
    }
  }

  private boolean isOver(TaskId id) {
    Task task = history.find(id);
    return task == null || task.status().terminal() || history.forgotten(id);
  }

  /** A person has stopped an agent in its wait: it must not be told what nobody reads. */
  private void checkStopped(String session) {
    boolean hasTasks =
        history.live().stream().anyMatch(task -> task.parent().equals(session))
            && history.ofSession(session) == null;
    if (hasTasks && any(session)) {
      throw new BrokenPromise("was stopped, and its calls still wait: " + session);
    }
  }

  /** Whether any call of a session waits. */
  private boolean any(String session) {
    return open.values().stream().anyMatch(wait -> wait.output.caller().equals(session));
  }
}
