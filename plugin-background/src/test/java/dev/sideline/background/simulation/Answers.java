package dev.sideline.background.simulation;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** P8, and that callers are told the truth. */
final class Answers {

  private final TaskHistory history;
  private final WorkloadGenerator workload;
  private final Limits limits;
  private final SimulatedRequests requests;
  private final Messages messages;

  /** Calls that were answered because their time was over. */
  private final Set<Long> atTheirTime = new HashSet<>();

  Answers(
      TaskHistory history,
      WorkloadGenerator workload,
      Limits limits,
      SimulatedRequests requests,
      Messages messages) {
    this.history = history;
    this.workload = workload;
    this.limits = limits;
    this.requests = requests;
    this.messages = messages;
  }

  void check(Input input, Answer answer) {
    String caller = caller(input);
    for (View view : shown(answer)) {
      checkOwn(caller, view.task().id(), input);
      if (view.task().session() != null) {
        workload.learnt(caller, view.task().session());
      }
    }
    if (answer instanceof Answer.CaughtUp told) {
      told.ended().forEach(task -> checkOwn(caller, task.id(), input));
      told.attention().forEach(task -> checkOwn(caller, task.id(), input));
    } else if (answer instanceof Answer.Launched launched) {
      launched((Input.Launch) input, launched);
    } else if (answer instanceof Answer.CallerEnded) {
      checkEnded(caller);
    } else if (answer instanceof Answer.Shown shown) {
      checkWait((Input.Output) input, shown);
    } else if (answer instanceof Answer.Sent sent) {
      messages.answered((Input.Send) input, sent);
    } else if (answer instanceof Answer.UnknownTask unknown) {
      unknown.known().forEach(known -> checkKnown(caller, known));
    } else if (answer instanceof Answer.AmbiguousTask ambiguous) {
      ambiguous.candidates().forEach(known -> checkOwn(caller, new TaskId(known), input));
    } else if (answer instanceof Answer.UnknownRequest unknown) {
      unknown.open().forEach(request -> checkOwnSession(caller, request.sessionId()));
    } else if (answer instanceof Answer.RequestAnswered answered
        && answered.status() == Answer.ReplyStatus.TAKEN
        && requests.find(answered.requestId()) != null) {
      throw new BrokenPromise("said to be taken, but was not: " + answered);
    }
  }

  /** A task that is at work may launch others, whatever has become of one before it. */
  private void checkEnded(String caller) {
    Task own = history.ofSession(caller);
    if (own != null && own.status().active()) {
      throw new BrokenPromise("said to have ended: " + own);
    }
  }

  void crashed() {
    atTheirTime.clear();
  }

  static String caller(Input input) {
    if (input instanceof Input.Launch launch) {
      return launch.caller();
    } else if (input instanceof Input.Output output) {
      return output.caller();
    } else if (input instanceof Input.Cancel cancel) {
      return cancel.caller();
    } else if (input instanceof Input.Send send) {
      return send.caller();
    } else if (input instanceof Input.AnswerRequest answer) {
      return answer.caller();
    } else if (input instanceof Input.ListTasks list) {
      return list.caller();
    } else if (input instanceof Input.ClearNotices clear) {
      return clear.caller();
    } else if (input instanceof Input.ClearCompleted clear) {
      return clear.caller();
    } else if (input instanceof Input.ClearOwn clear) {
      return clear.caller();
    } else if (input instanceof Input.CatchUp catchUp) {
      return catchUp.caller();
    }
    throw new IllegalArgumentException("not a call: " + input);
  }

  static List<View> shown(Answer answer) {
    if (answer instanceof Answer.Launched launched) {
      return List.of(launched.task());
    } else if (answer instanceof Answer.Shown shown) {
      return shown.tasks();
    } else if (answer instanceof Answer.Listed listed) {
      return listed.tasks();
    } else if (answer instanceof Answer.CancelEnded ended) {
      List<View> all = new ArrayList<>(ended.stopped());
      all.addAll(ended.stopping());
      all.addAll(ended.alreadyOver());
      return all;
    } else if (answer instanceof Answer.Sent sent) {
      return List.of(sent.task());
    } else if (answer instanceof Answer.RequestAnswered answered) {
      return List.of(answered.task());
    } else if (answer instanceof Answer.CannotResume cannot) {
      return List.of(cannot.task());
    } else if (answer instanceof Answer.NoticesCleared cleared) {
      return cleared.tasks();
    }
    return List.of();
  }

  private void launched(Input.Launch launch, Answer.Launched launched) {
    String agent = launched.task().task().spec().agent();
    if (!launched.existing() && launch.agents().refusal(agent) != null) {
      throw new BrokenPromise("launched an agent that its caller may not have work: " + launched);
    }
    Task task = launched.task().task();
    workload.learnt(launch.caller(), task.id().value());
    if (!task.parent().equals(launch.caller())) {
      throw new BrokenPromise("P8: " + launch + " has made a task of another: " + task);
    }
    if (launched.existing()) {
      return;
    }
    history.answered(task.id());
    limits.launched(task);
    task.provenance().after().forEach(after -> checkOwn(launch.caller(), after, launch));
    if (launch.resumes() != null) {
      resumed(launch, task);
    }
  }

  private void resumed(Input.Launch launch, Task task) {
    TaskId id = task.provenance().resumes();
    Task before = id == null ? null : history.find(id);
    if (before == null
        || !before.status().terminal()
        || before.session() == null
        || !before.session().equals(task.session())
        || !before.parent().equals(launch.caller())) {
      throw new BrokenPromise("goes on with " + before + ", but so: " + task);
    }
    String asked = launch.spec().agent();
    String agent = asked.isEmpty() ? before.spec().agent() : asked;
    if (!agent.equals(task.spec().agent())) {
      throw new BrokenPromise("goes on with another agent than " + agent + ": " + task);
    }
  }

  /** A launch is made once under its key. In the step in which it is decided. */
  void checkKey(Input.Launch launch, Answer answer) {
    String key = launch.options().idempotencyKey();
    if (answer instanceof Answer.Launched launched && launched.existing()) {
      checkHasKey(launch, launched.task().task().id());
      if (!launched.task().task().options().equals(launch.options())) {
        throw new BrokenPromise("its key is that of another: " + launch + ", " + launched);
      }
    } else if (answer instanceof Answer.Launched launched && key != null) {
      for (TaskId id : history.ofParent(launch.caller())) {
        boolean other = !id.equals(launched.task().task().id()) && !history.forgotten(id);
        if (other && hasKey(launch.caller(), key, id)) {
          throw new BrokenPromise("launched twice: " + history.find(id) + " and " + launched);
        }
      }
    } else if (answer instanceof Answer.KeyTaken taken) {
      checkHasKey(launch, taken.task());
    }
  }

  private void checkHasKey(Input.Launch launch, TaskId id) {
    String key = launch.options().idempotencyKey();
    if (key == null || history.forgotten(id) || !hasKey(launch.caller(), key, id)) {
      throw new BrokenPromise("not of that key: " + launch + ", " + history.find(id));
    }
  }

  private boolean hasKey(String caller, String key, TaskId id) {
    Task task = history.find(id);
    return task != null
        && task.parent().equals(caller)
        && key.equals(task.options().idempotencyKey());
  }

  private void checkOwn(String caller, TaskId id, Input input) {
    Task task = history.find(id);
    if (task == null || !task.belongsTo(caller)) {
      throw new BrokenPromise("P8: " + caller + " was shown " + task + " by " + input);
    }
  }

  private void checkOwnSession(String caller, String session) {
    Task task = history.ofSession(session);
    if (task == null || !task.belongsTo(caller)) {
      throw new BrokenPromise("P8: " + caller + " was shown a request of " + task);
    }
  }

  private void checkKnown(String caller, String known) {
    Task task = history.find(new TaskId(known));
    if (task == null || !task.belongsTo(caller)) {
      throw new BrokenPromise("P8: " + caller + " was told of " + known);
    }
  }

  /** A call is answered because of the time. */
  void answeredAtItsTime(long call) {
    atTheirTime.add(call);
  }

  private void checkWait(Input.Output output, Answer.Shown shown) {
    Task own = history.ofSession(output.caller());
    if (atTheirTime.remove(output.call()) && own != null) {
      limits.letGo(own.id());
    }
    if (output.mode() == WaitMode.NONE || shown.tasks().isEmpty()) {
      return;
    }
    if (shown.tasks().stream().anyMatch(Answers::asks)) {
      // Whoever waits is to see at once that a task asks, or gives no sign of life.
      return;
    }
    // One of any may have turned out not to be recorded, and is then not shown. And an agent that
    // was let go because one asked is answered when it has a slot, when that may be over.
    boolean atOnce = history.ofSession(output.caller()) == null;
    boolean all = output.mode() == WaitMode.ALL;
    boolean mustBeOver = all && !shown.waitedInVain() && atOnce;
    // Of one that is being stopped, it depends on why whether it counts as ended.
    boolean over = isOver(output, shown, TaskStatus::terminal);
    boolean nearlyOver =
        isOver(output, shown, status -> status.terminal() || status == TaskStatus.CANCELLING);
    if (shown.waitedInVain() ? over : mustBeOver && !nearlyOver) {
      throw new BrokenPromise("a wait ended in vain, or should have: " + output + ", " + shown);
    }
  }

  private static boolean isOver(
      Input.Output output, Answer.Shown shown, Predicate<TaskStatus> ended) {
    Stream<TaskStatus> states = shown.tasks().stream().map(view -> view.task().status());
    return output.mode() == WaitMode.ALL ? states.allMatch(ended) : states.anyMatch(ended);
  }

  private static boolean asks(View view) {
    // What asks may be in its host's own retries meanwhile.
    return view.task().status() == TaskStatus.INPUT_REQUIRED
        || view.task().progress().stalled()
        || !view.task().progress().requests().isEmpty();
  }

  /** L4: what was not forgotten is known. In the step in which it is looked for. */
  void checkUnknown(@Nullable String caller, Answer.UnknownTask unknown) {
    Task task = history.find(new TaskId(unknown.ref()));
    if (task != null && !history.forgotten(task.id()) && task.belongsTo(caller)) {
      throw new BrokenPromise("L4: not known although it was not forgotten: " + task);
    }
    for (String known : unknown.known()) {
      if (history.forgotten(new TaskId(known))) {
        throw new BrokenPromise("L4: suggests a task that is forgotten: " + known);
      }
    }
  }
}
