package dev.sideline.background.simulation;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionEvent;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnTimeout;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Nobody is asked, and no model tried, for longer than the operator allows. */
final class Overdue implements Check {

  /** Rounds are a second apart; and after a pause, a task is looked at before it is judged. */
  private static final long SLACK_MILLIS = 22_000;

  private final Settings settings;
  private final VirtualTime time;
  private final TaskHistory history;
  private final Map<TaskId, Long> retryingSince = new HashMap<>();
  private final Map<String, Long> askedMillis = new HashMap<>();

  /** Requests that somebody has tried to answer, or that may be over. */
  private final Set<String> touched = new HashSet<>();

  private long begunMillis;

  Overdue(Settings settings, VirtualTime time, TaskHistory history) {
    this.settings = settings;
    this.time = time;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    touch(input);
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.AnswerRequest answer) {
        checkOwnAnswer(input, answer);
        touched.add(answer.requestId());
      } else if (effect instanceof Effect.Publish publish
          && publish.event() instanceof PluginEvent.RequestPending pending) {
        // A second one changes no state, and may be recorded much later.
        askedMillis.putIfAbsent(pending.request().id(), time.millis());
      }
    }
    for (TaskHistory.Change change : changes) {
      Task task = change.now();
      if (task.status() != TaskStatus.RETRYING) {
        retryingSince.remove(task.id());
      } else if (change.enters(TaskStatus.RETRYING)) {
        retryingSince.put(task.id(), time.millis());
      }
      for (PendingRequest request : task.progress().requests()) {
        askedMillis.putIfAbsent(request.id(), time.millis());
      }
    }
    history.live().forEach(this::check);
  }

  /** What counts from when something was first seen begins anew with each process. */
  @Override
  public void crashed(LastRecord record) {
    retryingSince.clear();
    Set<String> known = new HashSet<>();
    for (RecordedTask task : record.tasks()) {
      task.handling().requests().forEach(request -> known.add(request.id()));
    }
    askedMillis.keySet().retainAll(known);
  }

  @Override
  public void begins() {
    begunMillis = time.millis();
  }

  private void touch(Input input) {
    if (input instanceof Input.AnswerRequest answer) {
      touched.add(answer.requestId());
    } else if (input instanceof Input.OperatorAnswer answer) {
      touched.add(answer.requestId());
    } else if (input instanceof Input.Observed observed
        && observed.event() instanceof SessionEvent.RequestAnswered answered) {
      touched.add(answered.requestId());
    } else if (input instanceof Input.RequestsFetched fetched) {
      Set<String> listed = new HashSet<>();
      fetched.requests().forEach(request -> listed.add(request.id()));
      askedMillis.keySet().stream().filter(id -> !listed.contains(id)).forEach(touched::add);
    }
  }

  /** What the plugin answers of its own accord, it answers because nobody else has. */
  private void checkOwnAnswer(Input input, Effect.AnswerRequest answer) {
    Long asked = askedMillis.get(answer.requestId());
    boolean own = !touched.contains(answer.requestId());
    long due = asked == null ? 0 : asked + settings.requests().timeout().toMillis();
    if (own && (settings.requests().timeout().isZero() || time.millis() < due)) {
      throw new BrokenPromise("answered in nobody's name: " + answer + " at " + input);
    }
  }

  private void check(Task task) {
    long retrying = settings.watchdog().retrying().toMillis();
    Long since = retryingSince.get(task.id());
    if (retrying > 0 && since != null && time.millis() > since + retrying + SLACK_MILLIS) {
      throw new BrokenPromise(
          "its model is tried again and again, for %d ms where %d are allowed: %s"
              .formatted(time.millis() - since, retrying, task));
    }
    long timeout = settings.requests().timeout().toMillis();
    boolean cancels = timeout > 0 && settings.requests().onTimeout() == OnTimeout.CANCEL;
    if (cancels && task.status() == TaskStatus.INPUT_REQUIRED) {
      for (PendingRequest request : task.progress().requests()) {
        long asked = askedMillis.getOrDefault(request.id(), time.millis());
        long due = Math.max(asked + timeout, begunMillis) + SLACK_MILLIS;
        if (!touched.contains(request.id()) && time.millis() > due) {
          throw new BrokenPromise("nobody answers " + request + ", and it waits on: " + task);
        }
      }
    }
  }
}
