package dev.sideline.background.engine;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.api.testing.SettableClock;
import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Effect;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ProbeResult.Kind;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.engine.protocol.Step;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.retain.CaffeineFinishedTasks;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.SettingsReader;
import dev.sideline.background.store.MemoryTaskStore;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An engine whose host is played by the test, step by step.
 *
 * <pre>{@code
 * EngineScenario scenario = new EngineScenario("max_running=1");
 * TaskId task = scenario.launch("parent");
 * String session = scenario.run(task);      // opened and prompted
 * scenario.idle(session);                   // an event
 * scenario.finds(task, Kind.FINISHED, "42");// what the look at the session shows
 * scenario.arrive();                        // the notices that are under way
 * }</pre>
 */
final class EngineScenario {

  private static final int MAX_AUDITED = 100;

  private final SettableClock clock = new SettableClock();
  private final Settings settings;
  TaskEngine engine;
  final MemoryTaskStore store = new MemoryTaskStore();
  private final Map<TaskId, Task> tasks = new LinkedHashMap<>();
  private final Map<Long, Answer> answers = new HashMap<>();
  private final Map<String, Notice> underWay = new LinkedHashMap<>();
  private final List<Effect> effects = new ArrayList<>();
  private List<Effect> last = List.of();
  private final List<Long> toConfirm = new ArrayList<>();
  private boolean confirming = true;
  private boolean defectsExpected;
  private LaunchableAgents agents = LaunchableAgents.any();
  private Reach reach = Reach.WOKEN;
  private Error noMessageIds;
  private long lastCall;
  private long lastId;
  private long written;
  private boolean durable;

  /** How often something was looked for in the record. */
  int lookups;

  /**
   * @param settings each as {@code key=value}
   */
  EngineScenario(String... settings) {
    Map<String, String> given =
        new HashMap<>(
            Map.of(
                "max_depth",
                "2",
                "notice_delay_ms",
                "0",
                "permissions",
                "parent_once",
                "on_restart",
                "fail"));
    for (String setting : settings) {
      int at = setting.indexOf('=');
      given.put(setting.substring(0, at), setting.substring(at + 1));
    }
    this.settings = SettingsReader.read(given);
    this.engine = newEngine();
  }

  private TaskEngine newEngine() {
    return new TaskEngine(
        settings,
        () -> new TaskId("bg_" + ++lastId),
        this::newMessageId,
        new CaffeineFinishedTasks(settings, clock::millis),
        durable);
  }

  private String newMessageId() {
    if (noMessageIds != null) {
      throw noMessageIds;
    }
    return "msg_" + ++lastId;
  }

  /** From now on those who launch can be told like this. */
  void reach(Reach how) {
    reach = how;
  }

  /** Steps may break off: what is thrown in them is what the test is about. */
  EngineScenario expectDefects() {
    defectsExpected = true;
    return this;
  }

  /** From now on the host gives no message ids, but throws; null: it gives them again. */
  void breakMessageIds(Error thrown) {
    expectDefects();
    noMessageIds = thrown;
  }

  /** From now on the record is durable; before anything else. */
  EngineScenario durable() {
    durable = true;
    engine = newEngine();
    return this;
  }

  // --- what is put in

  void apply(Input input) {
    take(input, engine.apply(input, clock.millis()));
    recall(input, Map.of());
    if (confirming && !toConfirm.isEmpty()) {
      confirm(true);
    }
  }

  /** Looks for what an answer has asked to be looked for, as the runtime does. */
  private void recall(Input input, Map<Lookup, Lookup.Found> known) {
    if (answers.get(input.call()) instanceof Answer.Recall recall) {
      answers.remove(input.call());
      Map<Lookup, Lookup.Found> found = new HashMap<>(known);
      for (Lookup lookup : recall.lookups()) {
        lookups++;
        found.put(lookup, store.find(lookup).toCompletableFuture().join());
      }
      take(input, engine.apply(new Input.Recalled(found, input), clock.millis()));
      recall(input, found);
    }
  }

  /**
   * The process ends in the middle of everything, and another begins with what was recorded. {@link
   * #effects} afterwards shows what that does at once.
   */
  void restart() {
    restartAfter(Duration.ZERO);
  }

  /** The same, with no process for a time. */
  void restartAfter(Duration down) {
    clock.advance(down);
    toConfirm.clear();
    underWay.clear();
    engine = newEngine();
    Recorded recorded =
        durable
            ? store.load(settings.retention().maxCount())
            : store.load().toCompletableFuture().join();
    take("a restart", engine.restore(recorded, clock.millis()));
  }

  private void take(Object input, Step step) {
    var unused = store.save(step.changes());
    written += step.changes().isEmpty() ? 0 : step.changes().toString().length();
    RecordedTasks.changedBy(step.changes(), tasks::get).forEach(task -> tasks.put(task.id(), task));
    last = step.effects();
    for (Effect effect : last) {
      if (effect instanceof Effect.ReportDefect report && !defectsExpected) {
        throw new AssertionError("broke off: " + input, report.defect());
      }
      effects.add(effect);
      if (effect instanceof Effect.Reply reply) {
        Answer before = answers.put(reply.call(), reply.answer());
        if (before != null) {
          throw new AssertionError("answered twice: " + before + ", " + reply);
        }
        if (reply.confirm()) {
          toConfirm.add(reply.call());
        }
      } else if (effect instanceof Effect.SendNotice send) {
        underWay.put(send.notice().messageId(), send.notice());
      }
    }
    audit();
  }

  /**
   * The books balance after every step, if nothing is due: a launch that broke off is put in order
   * then. Those of very many tasks would take too long.
   */
  private void audit() {
    if (engine.nextDue() > clock.millis() && engine.size() <= MAX_AUDITED) {
      new EngineAudit(engine).audit();
    }
  }

  /** Answers are not taken from now on before {@link #confirm} says so. */
  void confirmLater() {
    confirming = false;
  }

  /** The answers under way have been taken, or nobody was there. */
  void confirm(boolean taken) {
    List<Effect> before = last;
    List<Long> calls = List.copyOf(toConfirm);
    toConfirm.clear();
    for (Long call : calls) {
      apply(new Input.ReplyEnded(call, taken));
      before = Stream.concat(before.stream(), last.stream()).toList();
    }
    last = before;
  }

  /** Lets time pass, with a tick whenever one is due. */
  void pass(Duration time) {
    Instant end = clock.instant().plus(time);
    while (engine.nextDue() <= end.toEpochMilli()) {
      clock.set(Instant.ofEpochMilli(Math.max(engine.nextDue(), clock.millis())));
      List<Effect> before = last;
      apply(new Input.Tick());
      List<Effect> both = new ArrayList<>(before);
      both.addAll(last);
      last = both;
    }
    clock.set(end);
  }

  /** Lets time pass; {@link #effects} afterwards shows only what that has brought about. */
  void passSeconds(int seconds) {
    last = List.of();
    pass(Duration.ofSeconds(seconds));
  }

  void passMillis(long millis) {
    last = List.of();
    pass(Duration.ofMillis(millis));
  }

  /** The process stands still for a time. */
  void pausesSeconds(long seconds) {
    apply(new Input.Paused(Duration.ofSeconds(seconds).toMillis()));
  }

  // --- calls

  /** Launches a task, which must be accepted. */
  TaskId launch(String caller) {
    long call = tryLaunch(caller);
    return ((Answer.Launched) answer(call)).task().task().id();
  }

  /** Launches a task under some options, to follow on others; it must be accepted. */
  TaskId launch(String caller, LaunchOptions options, TaskId... after) {
    apply(
        new Input.Launch(
            ++lastCall,
            caller,
            new TaskSpec("a task", "do it", "agent", null, null, null, null),
            options,
            refs(after),
            null,
            agents,
            reach));
    return ((Answer.Launched) answer(lastCall)).task().task().id();
  }

  /** Launches a task. */
  long tryLaunch(String caller) {
    TaskSpec plain = new TaskSpec("a task", "do it", "agent", null, null, null, null);
    return tryLaunch(caller, plain, LaunchOptions.NONE, List.of(), null);
  }

  /** Launches a task about which more is to be said. */
  LaunchDraft launching(String caller) {
    return new LaunchDraft(this, caller);
  }

  long tryLaunch(
      String caller, TaskSpec spec, LaunchOptions options, List<String> after, String resumes) {
    apply(new Input.Launch(++lastCall, caller, spec, options, after, resumes, agents, reach));
    return lastCall;
  }

  /** Waits for tasks, or for all live ones if none is given. */
  long await(String caller, WaitMode mode, TaskId... ids) {
    apply(new Input.Output(++lastCall, caller, refs(ids), mode, 60_000));
    return lastCall;
  }

  Answer output(String caller, String... refs) {
    apply(new Input.Output(++lastCall, caller, List.of(refs), WaitMode.NONE, 0));
    return answer(lastCall);
  }

  long cancel(String caller, TaskId... ids) {
    apply(new Input.Cancel(++lastCall, caller, refs(ids), "not needed"));
    return lastCall;
  }

  long cancelAll(String caller) {
    apply(new Input.Cancel(++lastCall, caller, null, "not needed"));
    return lastCall;
  }

  /** Sends a task a message that it reads when it comes to it. */
  long send(String caller, TaskId id, String message) {
    apply(new Input.Send(++lastCall, caller, id.value(), message, false));
    return lastCall;
  }

  /** Stops a task for a message. */
  long interrupt(String caller, TaskId id, String message) {
    apply(new Input.Send(++lastCall, caller, id.value(), message, true));
    return lastCall;
  }

  /** Answers a permission or question. */
  long reply(String caller, String requestId, Reply reply) {
    apply(new Input.AnswerRequest(++lastCall, caller, null, requestId, reply));
    return lastCall;
  }

  List<Answer.OperatorView> seeAll() {
    apply(new Input.OperatorTasks(++lastCall));
    return ((Answer.OperatorViews) answer(lastCall)).tasks();
  }

  List<Answer.OperatorView> see(TaskId id) {
    apply(new Input.OperatorTask(++lastCall, id));
    return ((Answer.OperatorViews) answer(lastCall)).tasks();
  }

  long cancelAsOperator(TaskId id, @Nullable String reason) {
    apply(new Input.OperatorCancel(++lastCall, id, reason));
    return lastCall;
  }

  long answerAsOperator(String requestId, Reply reply) {
    apply(new Input.OperatorAnswer(++lastCall, requestId, reply));
    return lastCall;
  }

  Answer clearNotices(String caller, TaskId... ids) {
    apply(new Input.ClearNotices(++lastCall, caller, refs(ids)));
    return answer(lastCall);
  }

  Answer list(String caller) {
    apply(new Input.ListTasks(++lastCall, caller, null, 100));
    return answer(lastCall);
  }

  Answer clear(String caller) {
    apply(new Input.ClearCompleted(++lastCall, caller));
    return answer(lastCall);
  }

  /** Asks what a caller is owed that can be told in answers alone. */
  long catchUp(String caller) {
    apply(new Input.CatchUp(++lastCall, caller));
    return lastCall;
  }

  private static List<String> refs(TaskId... ids) {
    return List.of(ids).stream().map(TaskId::value).toList();
  }

  // --- what the host does

  /** The host itself creates a session under another, which is adopted. */
  TaskId adopt(String parent, String session) {
    apply(
        new Input.ChildAppeared(new Session(session, parent, "its own", "/dir", Map.of()), reach));
    return tasks.values().stream()
        .filter(task -> session.equals(task.session()))
        .findFirst()
        .orElseThrow()
        .id();
  }

  /** The session of a task is created. */
  String open(TaskId id) {
    String session = "ses_" + ++lastId;
    apply(new Input.SessionOpened(id, session));
    return session;
  }

  void prompted(TaskId id) {
    apply(new Input.Prompted(id, task(id).activation()));
  }

  void promptFails(TaskId id, Code code) {
    apply(new Input.PromptFailed(id, task(id).activation(), code, "it did not work"));
  }

  /** The session of a task is created and prompted: it runs. */
  String run(TaskId id) {
    String session = open(id);
    prompted(id);
    return session;
  }

  /** A task that was told to stop has stopped, which the look after the abort shows. */
  void stops(TaskId id) {
    apply(new Input.AbortEnded(id));
    finds(id, Kind.BROKEN, "half");
  }

  /** What a look at a task's session shows; it is idle. */
  void finds(TaskId id, Kind kind, String text) {
    finds(id, kind, text, false);
  }

  void findsBusy(TaskId id, Kind kind) {
    finds(id, kind, "", true);
  }

  /** What a look shows of an agent at work that has got as far as this. */
  void findsBusyAt(TaskId id, long fingerprint) {
    finds(id, reached(Kind.WORKING, fingerprint).withBusy(true));
  }

  /** What a look shows of an idle agent that has got as far as this. */
  void findsAt(TaskId id, Kind kind, long fingerprint) {
    finds(id, reached(kind, fingerprint));
  }

  private static ProbeResult reached(Kind kind, long fingerprint) {
    return new ProbeResult(kind, false, "", 0, null, false, null, fingerprint, List.of(), Map.of());
  }

  private void finds(TaskId id, Kind kind, String text, boolean busy) {
    finds(id, seen(kind, text).withBusy(busy));
  }

  /** What a look at an idle session may show. */
  static ProbeResult seen(Kind kind, String text) {
    Failure failure = kind == Kind.BROKEN ? new Failure("model_error", text) : null;
    return new ProbeResult(kind, false, text, 0, null, false, failure, 0, List.of(), Map.of());
  }

  void finds(TaskId id, ProbeResult result) {
    apply(new Input.Probed(id, task(id).activation(), result));
  }

  /** A task comes to its end: idle, and the look shows its answer. */
  void finish(TaskId id, String text) {
    idle(session(id));
    finds(id, Kind.FINISHED, text);
  }

  void idle(String session) {
    event(new SessionEvent.Idle(session));
  }

  void fails(String session, String message) {
    event(new SessionEvent.Failed(session, new Failure("model_error", message)));
  }

  void busy(String session) {
    event(new SessionEvent.StatusChanged(session, SessionStatus.BUSY));
  }

  void toolUse(String session, String callId, String tool) {
    event(
        new SessionEvent.PartUpdated(
            session, "msg_x", new ToolUse(callId, tool, ToolUse.State.RUNNING)));
  }

  void toolCall(String session, String callId, String tool, String arguments) {
    event(
        new SessionEvent.PartUpdated(
            session, "msg_x", new ToolUse(callId, tool, ToolUse.State.RUNNING, arguments, "")));
  }

  void retries(String session, String reason) {
    Instant nextTry = clock.instant().plusSeconds(5);
    event(new SessionEvent.StatusChanged(session, SessionStatus.retrying(1, reason, nextTry)));
  }

  /** A message of a session's agent has cost this until now. */
  void used(String session, String messageId, long tokens, double costUsd) {
    used(session, messageId, new Usage(tokens, 0, 0, 0, 0, costUsd));
  }

  void used(String session, String messageId, Usage usage) {
    event(
        new SessionEvent.MessageUpdated(
            session, message(messageId, Message.Role.ASSISTANT, usage)));
  }

  /** A person has written something in a session. */
  void writes(String session, String messageId) {
    event(
        new SessionEvent.MessageUpdated(
            session, message(messageId, Message.Role.USER, Usage.NONE)));
  }

  private Message message(String id, Message.Role role, Usage usage) {
    Instant now = clock.instant();
    return new Message(id, role, now, now, null, null, "", List.of(), null, null, null, usage);
  }

  /** The agent of a session asks for a permission. */
  void asks(String session, String requestId) {
    event(new SessionEvent.RequestAsked(permission(session, requestId)));
  }

  static PendingRequest permission(String session, String requestId) {
    return new PendingRequest(
        requestId, session, PendingRequest.Kind.PERMISSION, "rm -rf?", List.of());
  }

  static PendingRequest question(String session, String requestId) {
    return new PendingRequest(requestId, session, PendingRequest.Kind.QUESTION, "why?", List.of());
  }

  void deleted(String session) {
    event(new SessionEvent.Deleted(session));
  }

  void event(SessionEvent event) {
    apply(new Input.Observed(event));
  }

  /** The notices that are under way arrive, and those that follow from that. */
  void arrive() {
    while (!underWay.isEmpty()) {
      arrive(underWay.values().iterator().next());
    }
  }

  void arrive(Notice notice) {
    underWay.remove(notice.messageId());
    apply(new Input.NoticeArrived(notice.parent(), notice.messageId()));
  }

  /** The parent turned out to be at work. */
  void parentBusy(Notice notice) {
    underWay.remove(notice.messageId());
    apply(new Input.ParentBusy(notice.parent(), notice.messageId()));
  }

  void noticeFails(Notice notice, Code code) {
    underWay.remove(notice.messageId());
    apply(new Input.NoticeFailed(notice.parent(), notice.messageId(), code));
  }

  // --- what is seen

  Task task(TaskId id) {
    return tasks.get(id);
  }

  TaskStatus status(TaskId id) {
    return task(id).status();
  }

  Outcome outcome(TaskId id) {
    return task(id).outcome();
  }

  Outcome.Reason reason(TaskId id) {
    return outcome(id).reason();
  }

  String session(TaskId id) {
    return task(id).session();
  }

  /** The answer to a call; null if there is none yet. */
  Answer answer(long call) {
    return answers.get(call);
  }

  /** A task as it is shown to a session that may see it. */
  Answer.View view(String caller, TaskId id) {
    return ((Answer.Shown) output(caller, id.value())).tasks().get(0);
  }

  /** What became of a message. */
  Answer.SendStatus sent(long call) {
    return answer(call) instanceof Answer.Sent sent ? sent.status() : null;
  }

  /** What became of an answer to a request. */
  Answer.ReplyStatus fate(long call) {
    return answer(call) instanceof Answer.RequestAnswered answered ? answered.status() : null;
  }

  /** How many characters were recorded, of all steps. */
  long writtenChars() {
    return written;
  }

  /** The time, in epoch milliseconds. */
  long now() {
    return clock.millis();
  }

  /** What the host was told of a kind, in all steps. */
  <E extends PluginEvent> List<E> published(Class<E> kind) {
    return allEffects(Effect.Publish.class).stream()
        .map(Effect.Publish::event)
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** The texts that a task was sent, in all steps. */
  List<String> messages(TaskId id) {
    return allEffects(Effect.SendPrompt.class).stream()
        .filter(sent -> sent.task().id().equals(id))
        .map(Effect.SendPrompt::text)
        .toList();
  }

  /** The effects of a kind of the last step. */
  <E extends Effect> List<E> effects(Class<E> kind) {
    return last.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** The effects of a kind of all steps. */
  <E extends Effect> List<E> allEffects(Class<E> kind) {
    return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** All notices that were ever sent. */
  List<Notice> notices() {
    return allEffects(Effect.SendNotice.class).stream().map(Effect.SendNotice::notice).toList();
  }

  Notice lastNotice() {
    List<Notice> all = notices();
    return all.get(all.size() - 1);
  }

  /** Whether a session may read a task. */
  boolean readable(String caller, TaskId id) {
    return output(caller, id.value()) instanceof Answer.Shown;
  }
}
