package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whatever the store does, people can list and stop, a launch that is refused leaves nothing, and
 * what waits for the store is bounded by what there is.
 */
final class StoreOutages implements Check {

  /**
   * So long an answer may wait that shows a launch of which it is not known what becomes of it: for
   * the recording that is under way, and for that of the launch, each almost as long as it may take
   * before launches are refused.
   */
  private static final long UNDECIDED_MILLIS = 11_000;

  /** Rows and effects that wait for the store, for each task that there was. */
  private static final int WAITING_PER_TASK = 6;

  private static final int WAITING = 40;

  private final VirtualTime time;
  private final TaskHistory history;

  /** Until when calls that promise nothing have to have their answers, by their numbers. */
  private final Map<Long, Long> answers = new HashMap<>();

  private final IdentityHashMap<Effect, Long> aborts = new IdentityHashMap<>();
  private final Set<TaskId> refused = new HashSet<>();

  /**
   * Launches that were refused before a crash. They were counted when they were made; that they are
   * not any more is recorded later, and may not have been.
   */
  private final Set<TaskId> perhapsCounted = new HashSet<>();

  StoreOutages(VirtualTime time, TaskHistory history) {
    this.time = time;
    this.history = history;
  }

  @Override
  public void after(Input input, Step step, List<TaskHistory.Change> changes) {
    checkDone();
    if (input instanceof Input.NotStored notStored) {
      notStored.launches().forEach(launch -> refused(launch.task()));
    }
    for (Effect effect : step.effects()) {
      if (effect instanceof Effect.Reply reply) {
        if (promisesNothing(reply.answer())) {
          answers.put(reply.call(), time.millis() + UNDECIDED_MILLIS);
        }
        if (reply.answer() instanceof Answer.LimitReached reached
            && input instanceof Input.Launch launch) {
          checkCount(launch.caller(), reached);
        }
      } else if (effect instanceof Effect.Abort abort && isStopped(abort.task())) {
        aborts.put(abort, time.millis());
      }
    }
  }

  /** A store that has recorded what it said it had not brings back what was refused. */
  @Override
  public void crashed(LastRecord record) {
    answers.clear();
    aborts.clear();
    refused.removeIf(id -> record.task(id) != null);
    perhapsCounted.addAll(refused);
  }

  private static boolean promisesNothing(Answer answer) {
    return answer instanceof Answer.Listed
        || answer instanceof Answer.CancelEnded
        || answer instanceof Answer.Shown
        || answer instanceof Answer.CaughtUp
        || answer instanceof Answer.Cleared
        || answer instanceof Answer.OperatorViews;
  }

  private boolean isStopped(TaskId id) {
    Task task = history.find(id);
    return task != null && task.status() == TaskStatus.CANCELLING;
  }

  private void refused(TaskId id) {
    Task task = history.find(id);
    if (task != null && task.status().terminal()) {
      throw new BrokenPromise("P1: refused after it has ended: " + task);
    }
    refused.add(id);
  }

  /** What was refused has not used up what a parent may launch. */
  private void checkCount(String caller, Answer.LimitReached reached) {
    if (reached.limit().setting().equals("max_launches_per_parent")) {
      long launched =
          history.ofParent(caller).stream()
              .filter(id -> !refused.contains(id) || perhapsCounted.contains(id))
              .map(history::find)
              .filter(task -> task != null && !task.provenance().adopted())
              .count();
      if (launched < reached.limit().value()) {
        throw new BrokenPromise(caller + " has launched " + launched + ", and is told " + reached);
      }
    }
  }

  void carriesOut(Effect effect) {
    aborts.remove(effect);
    if (effect instanceof Effect.Reply reply) {
      answers.remove(reply.call());
    }
    if ((effect instanceof Effect.OpenSession open && refused.contains(open.task().id()))
        || (effect instanceof Effect.SendPrompt send && refused.contains(send.task().id()))
        || (effect instanceof Effect.Publish publish
            && publish.event() instanceof PluginEvent.TaskChanged changed
            && refused.contains(new TaskId(changed.taskId())))
        || (effect instanceof Effect.Reply reply
            && reply.answer() instanceof Answer.Launched launched
            && refused.contains(launched.task().task().id()))) {
      throw new BrokenPromise("P1: done for a launch that was refused: " + effect);
    }
  }

  void checkWaiting(int waiting) {
    if (waiting > WAITING + WAITING_PER_TASK * history.all().size()) {
      throw new BrokenPromise(
          waiting + " wait for the store, of " + history.all().size() + " tasks");
    }
  }

  /** What need not wait for the store has been done. */
  void checkDone() {
    for (Map.Entry<Long, Long> answer : answers.entrySet()) {
      if (answer.getValue() < time.millis()) {
        throw new BrokenPromise("not answered while the store is down: call " + answer.getKey());
      }
    }
    for (Map.Entry<Effect, Long> abort : aborts.entrySet()) {
      if (abort.getValue() < time.millis()) {
        throw new BrokenPromise("not stopped while the store is down: " + abort.getKey());
      }
    }
  }
}
