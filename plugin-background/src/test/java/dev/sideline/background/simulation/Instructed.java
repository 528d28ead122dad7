package dev.sideline.background.simulation;

import dev.sideline.api.ModelRef;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Recorded.RecordedTask;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the plugin tells agents of its own accord: rightly, as often as it may, and in order. */
final class Instructed implements Check {

  private static final String NUDGE = "You have given no sign of life";
  private static final String FALLBACK = "Your work on this was broken off";
  private static final String CONTINUATION = "Your work was broken off in the middle";
  private static final String REPAIR = "Your answer does not fit the JSON Schema";

  /** How often a message is given again that has turned out not to be in its session. */
  private static final int REPEATS = 2;

  private final Settings settings;
  private final TaskHistory history;

  /** The tasks as they were when something was sent to them, the last one last. */
  private final Map<TaskId, Deque<Task>> sent = new HashMap<>();

  private final Map<String, Integer> tries = new HashMap<>();
  private final Map<TaskId, Integer> opened = new HashMap<>();
  private final Map<TaskId, String> nudges = new HashMap<>();
  private final Map<TaskId, String> repairs = new HashMap<>();

  /** Those whose last message the host has not taken, or perhaps has not: it is given again. */
  private final Set<TaskId> undelivered = new HashSet<>();

  /** Those whose last message nobody has confirmed yet. */
  private final Set<TaskId> underWay = new HashSet<>();

  private final Set<String> everSent = new HashSet<>();

  /** Those whose agent was told to stop since it was last told anything else. */
  private final Set<TaskId> stopped = new HashSet<>();

  /** Sessions that have told of an error, and of which nothing was heard or seen since. */
  private final Set<String> stoppedOver = new HashSet<>();

  Instructed(Settings settings, TaskHistory history) {
    this.settings = settings;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    if (input instanceof Input.PromptFailed failed && failed.code() == Code.UNAVAILABLE) {
      undelivered.add(failed.task());
    }
    if (input instanceof Input.Prompted prompted) {
      underWay.remove(prompted.task());
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.SendPrompt send) {
        checkContinuation(input, send);
      }
    }
    hear(input);
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Abort abort) {
        stopped.add(abort.task());
      } else if (effect instanceof Effect.OpenSession open) {
        opens(open.task());
      } else if (effect instanceof Effect.SendPrompt send && send.task().promptId() != null) {
        sends(send.task(), send.task().promptId(), send.text());
      }
    }
    changes.stream()
        .filter(TaskHistory.Change::ends)
        .map(TaskHistory.Change::now)
        .forEach(this::ended);
  }

  /** Who has failed, or was stopped, is not told that its host was restarted. */
  private void checkContinuation(Input input, Effect.SendPrompt send) {
    boolean decidedNow =
        input instanceof Input.Probed probed && probed.task().equals(send.task().id());
    if (decidedNow
        && send.text().startsWith(CONTINUATION)
        && stoppedOver.contains(send.task().session())) {
      throw new BrokenPromise("has told of an error and is told to go on: " + send.task());
    }
  }

  private void hear(Input input) {
    if (input instanceof Input.Observed observed) {
      hear(observed.event());
    } else if (input instanceof Input.Probed probed && probed.result().busy()) {
      isAtWork(history.find(probed.task()));
    } else if (input instanceof Input.NoticeArrived arrived) {
      stoppedOver.remove(arrived.parent());
    }
  }

  private void hear(SessionEvent event) {
    boolean atWork =
        event instanceof SessionEvent.StatusChanged changed
            ? changed.status().kind() == SessionStatus.Kind.BUSY
            : event instanceof SessionEvent.PartUpdated;
    if (atWork) {
      stoppedOver.remove(event.sessionId());
    } else if (event instanceof SessionEvent.Failed failed
        && !failed.failure().interrupted()
        && history.live().contains(history.ofSession(event.sessionId()))) {
      stoppedOver.add(event.sessionId());
    }
  }

  private void isAtWork(@Nullable Task task) {
    if (task != null && task.session() != null) {
      stoppedOver.remove(task.session());
    }
  }

  /** How often something was tried counts for each process. */
  @Override
  public void crashed(LastRecord record) {
    stoppedOver.clear();
    undelivered.addAll(underWay);
    underWay.clear();
    tries.clear();
    opened.clear();
    for (RecordedTask recorded : record.tasks()) {
      int activation = recorded.task().activation();
      sent.getOrDefault(recorded.task().id(), new ArrayDeque<>())
          .removeIf(task -> task.activation() > activation);
    }
    nudges.entrySet().removeIf(told -> record.isLive(told.getKey()) && !isSent(told));
    repairs.entrySet().removeIf(told -> record.isLive(told.getKey()) && !isSent(told));
  }

  private boolean isSent(Map.Entry<TaskId, String> told) {
    return sent.getOrDefault(told.getKey(), new ArrayDeque<>()).stream()
        .anyMatch(task -> told.getValue().equals(task.promptId()));
  }

  private void opens(Task task) {
    if (opened.merge(task.id(), 1, Integer::sum) > 1 + settings.launches().retries()) {
      throw new BrokenPromise("tried too often to open a session: " + task);
    }
  }

  private void sends(Task task, String promptId, String text) {
    if (tries.merge(promptId, 1, Integer::sum) > 1 + settings.launches().retries() + REPEATS) {
      throw new BrokenPromise("prompted too often: " + task);
    }
    if (text.startsWith(NUDGE)) {
      once(nudges, task, promptId);
      boolean again = everSent.contains(promptId) || undelivered.contains(task.id());
      if (!stopped.contains(task.id()) && !again) {
        throw new BrokenPromise("told to go on without having been stopped: " + task);
      }
    } else if (text.startsWith(REPAIR)) {
      once(repairs, task, promptId);
    } else if (text.startsWith(FALLBACK)) {
      checkModel(task, lastSent(task), promptId);
    }
    if (everSent.add(promptId)) {
      isAtWork(task);
    }
    stopped.remove(task.id());
    undelivered.remove(task.id());
    underWay.add(task.id());
    sent.computeIfAbsent(task.id(), key -> new ArrayDeque<>()).add(task);
  }

  private @Nullable Task lastSent(Task task) {
    Deque<Task> all = sent.get(task.id());
    return all == null ? null : all.peekLast();
  }

  private void once(Map<TaskId, String> told, Task task, String promptId) {
    String before = told.put(task.id(), promptId);
    // A notice may have come in between: then it is a new message.
    boolean again = promptId.equals(before) || undelivered.contains(task.id());
    if (before != null && !again) {
      throw new BrokenPromise("told so twice, by " + before + " and by " + promptId + ": " + task);
    }
  }

  private void checkModel(Task task, @Nullable Task before, String promptId) {
    ModelRef model = task.model();
    // A notice may have come in between: then it is a new message, and the same model.
    boolean again =
        before != null && (promptId.equals(before.promptId()) || undelivered.contains(task.id()));
    boolean same = model == null || (before != null && model.equals(before.model()));
    List<ModelRef> left = settings.models().fallbacks(task.spec().agent());
    if (!again && (same || !left.contains(model))) {
      throw new BrokenPromise("to go on with another model, but not: " + before + ", " + task);
    }
  }

  private void ended(Task task) {
    if (task.endedFor(Reason.REJECTED) && !repairs.containsKey(task.id())) {
      throw new BrokenPromise("its agent was never asked to mend its answer: " + task);
    }
  }

  /** Whether a task was told nothing since its present prompt. */
  boolean isLast(Task task) {
    Task last = lastSent(task);
    return last != null && last.promptId() != null && last.promptId().equals(task.promptId());
  }

  /** How often a message was given to the host. */
  int tries(@Nullable String promptId) {
    return promptId == null ? 0 : tries.getOrDefault(promptId, 0);
  }
}
