package dev.sideline.background.engine;

import dev.sideline.api.Failure;
import dev.sideline.api.Message;
import dev.sideline.api.Message.Role;
import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.api.SessionStatus;
import dev.sideline.api.ToolUse;
import dev.sideline.api.Usage;
import dev.sideline.background.engine.protocol.Input;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.ProbeResult;
import dev.sideline.background.engine.protocol.ResultCheck;
import dev.sideline.background.engine.protocol.WaitMode;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Samples of every kind of input, about one task. */
final class EveryInput {

  /** What a permission is asked for under, if the task is to wait for one. */
  static final String REQUEST = "req_1";

  private static final long CALL = 1_000;

  private final Task task;
  private final String session;
  private final @Nullable String notice;
  private final Map<Class<? extends Input>, List<Input>> samples = new HashMap<>();

  /**
   * @param notice a message that is under way to its parent; null if none is
   */
  EveryInput(Task task, @Nullable String notice) {
    this.task = task;
    this.session = task.session() == null ? "ses_none" : task.session();
    this.notice = notice;
    calls();
    answersOfTheHost();
    prober();
    requests();
    notices();
    events();
    add(new Input.EventsLost(), new Input.Tick(), new Input.Shutdown());
    add(new Input.Paused(0), new Input.Paused(3_600_000));
  }

  /** The samples of a kind; none if nobody has thought of it. */
  List<Input> of(Class<?> kind) {
    return samples.getOrDefault(kind, List.of());
  }

  private void add(Input... inputs) {
    for (Input input : inputs) {
      samples.computeIfAbsent(input.getClass(), kind -> new ArrayList<>()).add(input);
    }
  }

  /** For the present activation, and for one that is over. */
  private void forActivations(Consumer<Integer> adds) {
    adds.accept(task.activation());
    adds.accept(task.activation() - 1);
  }

  private void calls() {
    String parent = task.parent();
    String id = task.id().value();
    TaskSpec again = new TaskSpec("another", "do it", "agent", null, null, null, null);
    for (String caller : List.of(parent, session, "stranger")) {
      add(
          new Input.Launch(
              CALL,
              caller,
              again,
              LaunchOptions.NONE,
              List.of(),
              null,
              LaunchableAgents.any(),
              Reach.WOKEN),
          new Input.Launch(
              CALL,
              caller,
              again,
              LaunchOptions.NONE,
              List.of(id),
              null,
              LaunchableAgents.any(),
              Reach.WOKEN),
          new Input.Launch(
              CALL,
              caller,
              again,
              LaunchOptions.NONE,
              List.of(),
              id,
              LaunchableAgents.any(),
              Reach.WOKEN),
          new Input.Cancel(CALL, caller, List.of(id), "not needed"),
          new Input.Cancel(CALL, caller, null, null),
          new Input.Send(CALL, caller, id, "hurry", false),
          new Input.Send(CALL, caller, id, "stop that", true),
          new Input.ClearNotices(CALL, caller, List.of(id)),
          new Input.ClearNotices(CALL, caller, List.of()),
          new Input.ListTasks(CALL, caller, null, 10),
          new Input.ListTasks(CALL, caller, TaskStatus.RUNNING, 10),
          new Input.ClearCompleted(CALL, caller),
          new Input.ClearOwn(CALL, caller),
          new Input.CatchUp(CALL, caller));
      for (WaitMode mode : WaitMode.values()) {
        add(
            new Input.Output(CALL, caller, List.of(id), mode, 1_000),
            new Input.Output(CALL, caller, List.of(), mode, 1_000));
      }
      for (Reply reply : replies()) {
        add(
            new Input.AnswerRequest(CALL, caller, null, REQUEST, reply),
            new Input.AnswerRequest(CALL, caller, id, "req_unknown", reply));
      }
    }
    add(
        new Input.OperatorTasks(CALL),
        new Input.OperatorTask(CALL, task.id()),
        new Input.OperatorCancel(CALL, task.id(), "too dear"),
        new Input.OperatorCancel(CALL, new TaskId("bg_unknown"), null),
        new Input.OperatorPurge(CALL, Long.MAX_VALUE),
        new Input.Recalled(
            Map.of(new Lookup.ById(task.id()), Lookup.Found.NOTHING),
            new Input.OperatorTask(CALL, task.id())));
    for (Reply reply : replies()) {
      add(
          new Input.OperatorAnswer(CALL, REQUEST, reply),
          new Input.OperatorAnswer(CALL, "req_unknown", reply));
    }
    add(new Input.CallAbandoned(1), new Input.CallAbandoned(CALL));
    add(new Input.ReplyEnded(1, true), new Input.ReplyEnded(CALL, false));
  }

  private static List<Reply> replies() {
    return List.of(
        new Reply.Allow(),
        new Reply.AllowAlways(),
        new Reply.Reject("no"),
        new Reply.Answer(List.of(List.of("yes"))));
  }

  private void answersOfTheHost() {
    add(new Input.SessionOpened(task.id(), "ses_new"), new Input.SessionOpened(task.id(), session));
    add(new Input.SessionOpened(new TaskId("bg_unknown"), "ses_new"));
    for (Code code : Code.values()) {
      add(new Input.OpenFailed(task.id(), code, "no"));
      forActivations(number -> add(new Input.PromptFailed(task.id(), number, code, "no")));
    }
    forActivations(number -> add(new Input.Prompted(task.id(), number)));
    add(new Input.AbortEnded(task.id()), Input.NotStored.of(task.id(), CALL));
    add(new Input.Fenced(Set.of(task.id())), new Input.Fenced(Set.of(new TaskId("bg_unknown"))));
    SessionStatus retrying = SessionStatus.retrying(1, "overloaded", null);
    for (SessionStatus status : List.of(SessionStatus.BUSY, SessionStatus.IDLE, retrying)) {
      add(new Input.StatusesFetched(Map.of(session, status)));
    }
    add(new Input.StatusesFetched(Map.of()), new Input.StatusesFailed());
  }

  private void prober() {
    Failure broken = new Failure("model_error", "it said no");
    Failure aborted = new Failure(Failure.ABORTED, "stopped");
    List<ToolUse> uses = List.of(new ToolUse("call_1", "grep", ToolUse.State.COMPLETED));
    Map<String, Usage> much = Map.of("msg_1", new Usage(1_000_000, 0, 0, 0, 0, 100));
    for (ProbeResult.Kind kind : ProbeResult.Kind.values()) {
      for (boolean busy : new boolean[] {true, false}) {
        Failure failure = kind == ProbeResult.Kind.BROKEN ? broken : null;
        probe(
            new ProbeResult(kind, busy, "words", 0, null, false, failure, 1, List.of(), Map.of()));
        probe(new ProbeResult(kind, busy, "words", 0, "{}", true, failure, 2, uses, much));
      }
    }
    probe(
        new ProbeResult(
            ProbeResult.Kind.BROKEN, false, "", 0, null, false, aborted, 1, List.of(), Map.of()));
    probe(
        new ProbeResult(
            ProbeResult.Kind.FINISHED, false, "", 0, null, false, null, 1, List.of(), Map.of()));
    forActivations(number -> add(new Input.ProbeFailed(task.id(), number)));
    for (ResultCheck check :
        List.of(new ResultCheck("{}", List.of()), new ResultCheck(null, List.of("no object")))) {
      forActivations(number -> add(new Input.ResultChecked(task.id(), number, check)));
    }
  }

  private void probe(ProbeResult result) {
    forActivations(number -> add(new Input.Probed(task.id(), number, result)));
  }

  private void requests() {
    add(
        new Input.RequestReplied(task.id(), REQUEST),
        new Input.RequestReplied(task.id(), "req_unknown"));
    for (Code code : Code.values()) {
      add(new Input.RequestReplyFailed(task.id(), REQUEST, code, "no"));
    }
    add(
        new Input.RequestsFetched(List.of()),
        new Input.RequestsFetched(List.of(request(session, REQUEST))),
        new Input.RequestsFetched(List.of(request(session, "req_2"))),
        new Input.RequestsFetched(List.of(request("ses_unknown", "req_3"))),
        new Input.RequestsFailed());
  }

  static PendingRequest request(String session, String id) {
    return new PendingRequest(
        id,
        session,
        PendingRequest.Kind.PERMISSION,
        "may it?",
        List.of("allow", "always", "reject"));
  }

  private void notices() {
    List<String> messages = new ArrayList<>(List.of("msg_unknown"));
    if (notice != null) {
      messages.add(notice);
    }
    for (String message : messages) {
      add(
          new Input.ParentBusy(task.parent(), message),
          new Input.NoticeArrived(task.parent(), message),
          new Input.NoticeMissing(task.parent(), message));
      for (Code code : Code.values()) {
        add(new Input.NoticeFailed(task.parent(), message, code));
      }
    }
  }

  private void events() {
    for (String where : List.of(session, task.parent(), "ses_unknown")) {
      Session record = new Session(where, null, "a session", null, Map.of());
      SessionStatus retrying = SessionStatus.retrying(2, "overloaded", Instant.EPOCH);
      observe(
          new SessionEvent.Created(record),
          new SessionEvent.Updated(record),
          new SessionEvent.Deleted(where),
          new SessionEvent.StatusChanged(where, SessionStatus.BUSY),
          new SessionEvent.StatusChanged(where, SessionStatus.IDLE),
          new SessionEvent.StatusChanged(where, retrying),
          new SessionEvent.Idle(where),
          new SessionEvent.Failed(where, new Failure("model_error", "it said no")),
          new SessionEvent.Failed(where, new Failure(Failure.ABORTED, "stopped")),
          new SessionEvent.PartUpdated(where, "msg_1", null),
          new SessionEvent.PartUpdated(
              where, "msg_1", new ToolUse("call_1", "grep", ToolUse.State.RUNNING)),
          new SessionEvent.MessageUpdated(where, message(Role.USER, null)),
          new SessionEvent.MessageUpdated(where, message(Role.ASSISTANT, null)),
          new SessionEvent.MessageUpdated(
              where, message(Role.ASSISTANT, new Failure(Failure.ABORTED, "stopped"))),
          new SessionEvent.RequestAsked(request(where, REQUEST)),
          new SessionEvent.RequestAsked(request(where, "req_2")),
          new SessionEvent.RequestAnswered(where, REQUEST),
          new SessionEvent.Other(where, "something"));
      add(
          new Input.ChildAppeared(
              new Session("ses_child", where, "its own", null, Map.of()), Reach.WOKEN),
          new Input.ChildAppeared(record, Reach.WOKEN));
    }
  }

  private void observe(SessionEvent... events) {
    Arrays.stream(events).map(Input.Observed::new).forEach(this::add);
  }

  private static Message message(Role role, @Nullable Failure failure) {
    return new Message(
        "msg_1",
        role,
        Instant.EPOCH,
        failure == null ? null : Instant.EPOCH,
        "agent",
        null,
        "",
        List.of(),
        null,
        null,
        failure,
        new Usage(1_000_000, 0, 0, 0, 0, 100));
  }
}
