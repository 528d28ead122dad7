package dev.sideline.background.simulation;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Prompt;
import dev.sideline.api.Session;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.OnParentInterrupted;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold after every step, whatever happens; by what the host and the callers see, not by
 * what the engine counts.
 */
final class Invariants {

  private static final int PATIENCE_SECONDS = 25;

  private final Settings settings;
  private final VirtualTime time;
  private final SimulatedStore store;
  private final SimulatedHost host;
  private final WatchedFinishedTasks retained;
  private final TaskHistory history;
  private final NotificationInvariants notifications = new NotificationInvariants();
  private final Messages messages;
  private final Retirement retirement;
  private final ProbeInvariants probes;
  private final Limits limits;
  private final WatchdogInvariants watchdog;
  private final Questions questions;
  private final Answers answers;
  private final Children children;
  private final StoreOutages outages;
  private final List<Check> checks;
  private final Operators operators;
  private final RequestReplies requestReplies;
  private final Map<TaskId, Integer> aborts = new HashMap<>();
  private final Set<TaskId> stoppedAtStart = new HashSet<>();
  private final Set<String> interruptedParents = new HashSet<>();

  private boolean shutDown;

  /** The answers whose fate is to be told, until it is. */
  private final Map<Long, Effect.Reply> replies = new HashMap<>();

  private final Map<Long, Input> calls = new HashMap<>();

  Invariants(
      Settings settings,
      VirtualTime time,
      SimulatedStore store,
      SimulatedHost host,
      WatchedFinishedTasks retained,
      WorkloadGenerator workload) {
    this.settings = settings;
    this.time = time;
    this.store = store;
    this.host = host;
    this.retained = retained;
    this.history = new TaskHistory();
    this.messages = new Messages();
    this.retirement = new Retirement(history, host, notifications);
    this.probes = new ProbeInvariants(history);
    this.limits = new Limits(settings, history, host);
    this.watchdog = new WatchdogInvariants(settings, time, history, host);
    this.questions = new Questions(settings, history, host);
    this.answers = new Answers(history, workload, limits, host.requests(), messages);
    this.children = new Children(history, host);
    this.outages = new StoreOutages(time, history);
    Instructed instructed = new Instructed(settings, history);
    this.checks =
        List.of(
            instructed,
            children,
            new Defects(),
            new Endings(settings, time, history, host, store, instructed),
            new FirstNotices(time, history, settings.notices().delay().toMillis()),
            new Forgetting(history, retained),
            new Launches(),
            new Loops(settings.watchdog().loopCalls(), history),
            new OpenWaits(time, history),
            new Orphans(settings.sessions(), history),
            new Overdue(settings, time, history),
            new Patience(settings, time, history, host, store, notifications),
            new Queue(history),
            outages,
            new Turns(settings.slots(), history),
            new Waking(settings.notices().maxWakes()),
            new Words(settings.texts().maxResult(), host));
    this.operators = new Operators(history, host.requests());
    this.requestReplies = new RequestReplies(settings);
  }

  /** Takes what an input has brought about; tells what it has made of tasks. */
  List<TaskHistory.Change> after(Input input, Step step, TaskEngine engine) {
    if (input instanceof Input.ReplyEnded ended) {
      replyEnded(ended);
    }
    if (input instanceof Input.NoticeFailed failed
        && (failed.code() == Code.INVALID || failed.code() == Code.UNSUPPORTED)
        && notifications.refused(failed.messageId())) {
      questions.givenUp(failed.messageId());
    }
    if (input instanceof Input.ClearNotices clear) {
      history.ofParent(clear.caller()).stream()
          .filter(id -> clear.refs().isEmpty() || history.isMeant(id, clear.refs()))
          .forEach(notifications::enough);
    }
    if (input instanceof Input.Output output && waits(output, step)) {
      Task own = history.ofSession(output.caller());
      if (own != null) {
        limits.waits(own.id());
      }
    }
    if (input instanceof Input.PromptFailed failed) {
      messages.failed(failed.task());
    }
    operators.taken(input);
    requestReplies.taken(input);
    step.effects().forEach(this::noteCleared);
    List<TaskHistory.Change> changes = history.take(input, step);
    changes.forEach(change -> changed(change, input));
    changes.forEach(change -> checkToldAtOnce(change, step));
    for (TaskId id : step.changes().forgotten()) {
      Task task = history.find(id);
      if (task != null && task.status().terminal()) {
        retirement.check(task);
      }
    }
    retained.drainAdded().forEach(retirement::check);
    step.effects().forEach(effect -> checkEffect(input, effect));
    checks.forEach(check -> check.after(input, step, changes));
    probes.after(input, step, engine);
    watchdog.checkBudget(input, step);
    watchdog.checkDeadlines();
    if (!shutDown) {
      // In the end, everybody is answered, and goes on until the word to stop has arrived.
      limits.check();
    }
    if (engine.live() != history.live().size()) {
      throw new BrokenPromise(
          "P5: the engine counts " + engine.live() + " live tasks, not " + history.live().size());
    }
    return changes;
  }

  /** The process of the plugin has ended: only what is recorded is still known. */
  void crashed(LastRecord record) {
    history.crashed(record);
    notifications.crashed(record, history);
    probes.crashed();
    limits.crashed();
    watchdog.crashed(record);
    answers.crashed();
    checks.forEach(check -> check.crashed(record));
    replies.clear();
    calls.clear();
  }

  /** A process begins with what is recorded. */
  void begins() {
    // What it retains was there before.
    var unused = retained.drainAdded();
    watchdog.begins();
    checks.forEach(Check::begins);
  }

  private static boolean waits(Input.Output output, Step step) {
    return output.mode() != WaitMode.NONE
        && step.effects().stream()
            .noneMatch(
                effect -> effect instanceof Effect.Reply reply && reply.call() == output.call());
  }

  private void changed(TaskHistory.Change change, Input input) {
    Task task = change.now();
    if (change.isStopped()
        && input instanceof Input.Cancel cancel
        && task.parent().equals(cancel.caller())) {
      notifications.cancelled(task.id(), cancel.caller());
    }
    if (task.status() != TaskStatus.PENDING
        && (change.before() == null || change.before().status() == TaskStatus.PENDING)
        && !task.status().terminal()) {
      watchdog.started(task);
    }
    boolean comesToNothing =
        task.status() == TaskStatus.CANCELLING
            || task.status() == TaskStatus.CANCELLED
            || task.status() == TaskStatus.FAILED;
    if (comesToNothing && task.session() != null) {
      // Nobody is there any more to be told.
      excuseThoseOf(task.session());
    }
    if (interruptedParents.contains(task.parent()) || host.find(task.parent()) == null) {
      notifications.excuse(task.id());
    }
    if (change.ends()) {
      notifications.settled(task);
      messages.ended(task);
      watchdog.checkReason(task);
      operators.ended(task);
      checkAbandoned(task);
      checkQuiet(task);
    }
  }

  private void excuseThoseOf(String parent) {
    history.ofParent(parent).forEach(notifications::excuse);
  }

  // --- what the host does

  void deleted(String session) {
    excuseThoseOf(session);
  }

  /** Somebody stops a session: from then on it may not want to know what its tasks do. */
  void interrupted(String session) {
    if (settings.sessions().onParentInterrupted() != OnParentInterrupted.LEAVE) {
      interruptedParents.add(session);
      excuseThoseOf(session);
    }
  }

  /**
   * A session has begun to work: if it is that of a task which is remembered, that must be live.
   */
  void beginsToWork(SimulatedSession session) {
    Task task = history.ofSession(session.id());
    boolean quiet =
        task != null
            && task.status().terminal()
            && !TaskHistory.abandoned(task)
            && !history.forgotten(task.id());
    if (quiet && session.byPlugin) {
      throw new BrokenPromise("P6: its session begins to work after the end of " + task);
    }
  }

  // --- P6: ended means quiet

  private void checkQuiet(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    if (session != null && session.working() && !TaskHistory.abandoned(task)) {
      throw new BrokenPromise("P6: its session is still at work: " + task);
    }
  }

  /** Who is at work when it is stopped is told so in the same step. */
  private void checkToldAtOnce(TaskHistory.Change change, Step step) {
    Task before = change.before();
    boolean stopped = change.enters(TaskStatus.CANCELLING);
    if (stopped && before != null && before.status() == TaskStatus.STARTING) {
      stoppedAtStart.add(before.id());
    }
    boolean told =
        step.effects().stream()
            .anyMatch(
                effect ->
                    effect instanceof Effect.Abort abort && abort.task().equals(change.now().id()));
    if (stopped && before != null && before.status().active() && !told && !brokeOff(step)) {
      throw new BrokenPromise("P6: stopped, and not told so: " + change.now());
    }
  }

  private static boolean brokeOff(Step step) {
    return step.effects().stream().anyMatch(effect -> effect instanceof Effect.ReportDefect);
  }

  /** Abandoned is what does not stop although it is told to again and again, whatever hangs. */
  private void checkAbandoned(Task task) {
    Duration grace = settings.sessions().cancelGrace();
    boolean patient =
        grace.toSeconds() >= PATIENCE_SECONDS
            && !store.hasFailedSince(time.millis() - 2 * grace.toMillis());
    // Before its prompt is known to have arrived, it is told once, for that may be unheard of.
    int least = task.session() == null ? 0 : stoppedAtStart.contains(task.id()) ? 1 : 2;
    if (TaskHistory.abandoned(task) && patient && aborts.getOrDefault(task.id(), 0) < least) {
      throw new BrokenPromise("P6: abandoned without much ado: " + task);
    }
  }

  // --- effects

  private void checkEffect(Input input, Effect effect) {
    if (effect instanceof Effect.Abort abort) {
      aborts.merge(abort.task(), 1, Integer::sum);
      limits.stopped(abort.task());
      checkOwn(input, abort.task());
    } else if (effect instanceof Effect.SendNotice send) {
      notifications.decided(send);
      checkCascade(send);
    } else if (effect instanceof Effect.SendPrompt send) {
      limits.prompted(send.task().id());
      if (send.task().status().terminal()) {
        throw new BrokenPromise("prompts for a task that has ended: " + send.task());
      }
    } else if (effect instanceof Effect.AnswerRequest answer) {
      checkOwn(input, answer.task());
    } else if (effect instanceof Effect.Reply reply) {
      checkReply(input, reply);
    } else if (effect instanceof Effect.Publish publish) {
      checkPublished(publish.event());
    }
  }

  /** P8: what a call does, it does to tasks of its caller's tree. */
  private void checkOwn(Input input, TaskId id) {
    Task task = history.find(id);
    boolean directed = input instanceof Input.Send || input instanceof Input.AnswerRequest;
    if (directed && (task == null || !task.belongsTo(Answers.caller(input)))) {
      throw new BrokenPromise("P8: touches what is not the caller's: " + input + ", " + task);
    }
  }

  private void checkCascade(Effect.SendNotice send) {
    Task above = history.ofSession(send.notice().parent());
    boolean ended =
        above != null && (above.status() == TaskStatus.CANCELLING || above.status().terminal());
    if (send.notice().wake() && ended && !history.forgotten(above.id())) {
      throw new BrokenPromise("a cascade wakes a session whose task is " + above);
    }
  }

  private void checkReply(Input input, Effect.Reply reply) {
    if (input instanceof Input.Launch launch) {
      answers.checkKey(launch, reply.answer());
    }
    if (input instanceof Input.Tick) {
      answers.answeredAtItsTime(reply.call());
    }
    if (reply.answer() instanceof Answer.CaughtUp told) {
      notifications.decided(Answers.caller(input), told);
    }
    operators.decided(input, reply.answer());
    if (reply.answer() instanceof Answer.UnknownTask unknown) {
      answers.checkUnknown(Answers.caller(input), unknown);
    } else if (reply.answer() instanceof Answer.Launched launched
        && !launched.existing()
        && input instanceof Input.Launch launch) {
      Task own = history.ofSession(launch.caller());
      if (own != null && !history.forgotten(own.id()) && own.status() == TaskStatus.CANCELLED) {
        throw new BrokenPromise("P6: launched for a session whose task was cancelled: " + own);
      }
    }
  }

  private void noteCleared(Effect effect) {
    if (effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.NoticesCleared cleared) {
      for (Answer.View view : cleared.tasks()) {
        questions.cleared(view.task());
        if (view.task().status().terminal()) {
          notifications.cleared(view.task());
        }
      }
    }
  }

  private void checkPublished(PluginEvent event) {
    if (event instanceof PluginEvent.AllTasksEnded all) {
      for (TaskId id : history.ofParent(all.sessionId())) {
        Task task = history.find(id);
        if (task != null && !task.status().terminal() && !history.forgotten(id)) {
          throw new BrokenPromise("said that all have ended, but there is " + task);
        }
      }
    }
  }

  /** An effect is about to be carried out. */
  void carriesOut(Effect effect) {
    if (!isOfForgottenLaunch(effect)) {
      store.checkRecorded(effect);
    }
    outages.carriesOut(effect);
    requestReplies.carriesOut(effect);
    if (effect instanceof Effect.SendNotice send) {
      sending(send);
    }
  }

  /** What has come and gone before it was recorded need not be any more. */
  private boolean isOfForgottenLaunch(Effect effect) {
    return effect instanceof Effect.Reply reply
        && reply.answer() instanceof Answer.Launched launched
        && history.forgotten(launched.task().task().id());
  }

  /** So many rows and effects wait for the store. */
  void waitsForStore(int waiting) {
    outages.checkWaiting(waiting);
  }

  // --- calls, messages, notices

  /** A call was answered; its caller has the answer if it still waited for it. */
  void answered(Effect.Reply reply, @Nullable Input call, boolean unread) {
    if (unread && reply.answer() instanceof Answer.Shown shown) {
      notRead(reply, shown);
    } else if (unread && reply.answer() instanceof Answer.CaughtUp told) {
      told.ended().forEach(task -> notifications.excuse(task.id()));
    }
    if (reply.confirm()) {
      replies.put(reply.call(), reply);
      calls.put(reply.call(), Objects.requireNonNull(call, "call"));
    }
  }

  /** The plugin has to have it told, unless it could not know yet that nobody reads. */
  private void notRead(Effect.Reply reply, Answer.Shown shown) {
    if (reply.confirm()) {
      shown.tasks().forEach(view -> notifications.excuse(view.task().id()));
    }
  }

  void check(Input input, Answer answer) {
    requestReplies.answered(input, answer);
    if (Operators.calls(input)) {
      operators.answered(input, answer);
    } else {
      answers.check(input, answer);
    }
  }

  private void replyEnded(Input.ReplyEnded ended) {
    Effect.Reply reply = replies.remove(ended.call());
    Input call = calls.remove(ended.call());
    if (reply != null && call != null && ended.taken()) {
      notifications.read(Answers.caller(call), reply.answer());
      questions.read(Answers.caller(call), reply.answer());
    }
  }

  void shutDown() {
    shutDown = true;
    notifications.shutDown();
  }

  private void sending(Effect.SendNotice send) {
    notifications.sending(send.notice());
    questions.sending(send.notice());
    children.sending(send);
  }

  void created(Session session) {
    children.created(session);
  }

  void accepted(Prompt prompt) {
    notifications.accepted(prompt.messageId());
    questions.accepted(prompt.messageId());
    messages.accepted(prompt);
    children.accepted(prompt);
  }

  void appeared(String messageId) {
    notifications.appeared(messageId);
  }

  void lost(String messageId) {
    notifications.lost(messageId);
    messages.lost(messageId);
  }

  // --- at the end

  /** After a long time without faults, in which nobody has answered anything. */
  void checkAfterSilence() {
    questions.checkAfterSilence(interruptedParents);
    for (Task task : history.live()) {
      if (!waits(task)) {
        throw new BrokenPromise(
            "P2: not settled, and waits for nobody: " + task + ", of " + history.live());
      }
    }
  }

  /** Tasks whose agents have stopped in the middle, so that somebody has to decide about them. */
  List<TaskId> brokenOff() {
    return history.live().stream().filter(this::isBrokenOff).map(Task::id).toList();
  }

  private boolean isBrokenOff(Task task) {
    return switch (settings.sessions().onRestart()) {
      case REPORT -> task.progress().stalled();
      // It is to be told to go on, which waits until that can be recorded.
      case RESUME -> store.isFull() && task.status().active() && !isAtWork(task);
      case FAIL -> false;
    };
  }

  private boolean isAtWork(Task task) {
    SimulatedSession session = task.session() == null ? null : host.find(task.session());
    return session != null && session.working();
  }

  private boolean waitsForSomebody(Task task) {
    return task.status() == TaskStatus.INPUT_REQUIRED || isBrokenOff(task);
  }

  /** Whether a task waits for an answer, or for a task that does. */
  private boolean waits(Task task) {
    if (waitsForSomebody(task)) {
      return true;
    }
    return task.status() == TaskStatus.PENDING
        || history.live().stream()
            .anyMatch(
                other ->
                    waitsForSomebody(other)
                        && task.session() != null
                        && other.belongsTo(task.session()));
  }

  /** After everything has had its time, and its answers. */
  void checkEnd(TaskEngine engine) {
    if (!history.live().isEmpty()) {
      throw new BrokenPromise("P2: not settled: " + history.live());
    }
    if (engine.size() != 0) {
      throw new BrokenPromise("left over: settled tasks are still held: " + held());
    }
    retained.checkExpired();
    if (engine.nextDue() != Long.MAX_VALUE && retained.count() == 0) {
      throw new BrokenPromise("left over: timers are set");
    }
    for (SimulatedSession session : host.all()) {
      Task task = history.ofSession(session.id());
      if (session.working() && task != null && !TaskHistory.abandoned(task)) {
        throw new BrokenPromise("still at work: " + task);
      }
    }
    notifications.checkAllTold();
  }

  private List<Task> held() {
    return history.all().stream()
        .filter(
            task ->
                !history.forgotten(task.id())
                    && !retained.holds(task.id())
                    && !(store.isDurable() && store.hasClosed(task.id())))
        .toList();
  }

  /** What is still recorded at the end must be what is retained, and nothing else. */
  void checkRecorded(List<Task> recorded) {
    for (Task task : recorded) {
      if (!task.equals(history.find(task.id()))) {
        throw new BrokenPromise("recorded as " + task + " but was " + history.find(task.id()));
      }
      boolean isKept = store.isDurable() ? store.hasClosed(task.id()) : retained.holds(task.id());
      if (!isKept) {
        throw new BrokenPromise("left over in the store: " + task);
      }
    }
    long kept =
        store.isDurable()
            ? history.all().stream().filter(task -> !history.forgotten(task.id())).count()
            : retained.count();
    if (recorded.size() != kept) {
      throw new BrokenPromise(kept + " tasks are to be kept and " + recorded.size() + " recorded");
    }
  }

  int total() {
    return history.all().size();
  }

  Map<Reason, Integer> reasons() {
    Map<Reason, Integer> reasons = new EnumMap<>(Reason.class);
    for (Task task : history.all()) {
      if (task.outcome() != null) {
        reasons.merge(task.outcome().reason(), 1, Integer::sum);
      }
    }
    return reasons;
  }
}
