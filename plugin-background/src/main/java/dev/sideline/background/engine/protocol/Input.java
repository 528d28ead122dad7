package dev.sideline.background.engine.protocol;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.task.LaunchOptions;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskSpec;
import dev.sideline.background.task.TaskStatus;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that the engine is told: a call of an agent, an answer of the host, an event, the
 * passing of time.
 *
 * <p>Calls carry a number by which {@link Effect.Reply} names them.
 */
public sealed interface Input {

  /** Hands this input to the part of the engine that takes it. */
  void dispatch(Handler handler);

  /** The number of the call that this makes, or is about; 0 if it is not about one. */
  default long call() {
    return 0;
  }

  /** What is asked, which may be asked once more as {@link Recalled}. */
  default Input original() {
    return this;
  }

  /** The parts of an engine that take inputs. */
  interface Handler {

    AgentCalls agentCalls();

    OperatorCalls operatorCalls();

    SessionAnswers sessionAnswers();

    ProbeAnswers probeAnswers();

    RequestAnswers requestAnswers();

    ReconcileAnswers reconcileAnswers();

    NotificationAnswers notificationAnswers();

    Events events();

    Orders orders();
  }

  /** Takes the calls of agents. */
  interface AgentCalls {

    void take(Launch input);

    void take(CatchUp input);

    void take(Output input);

    void take(Cancel input);

    void take(Send input);

    void take(AnswerRequest input);

    void take(ClearNotices input);

    void take(ListTasks input);

    void take(ClearCompleted input);

    void take(ClearOwn input);

    void take(CallAbandoned input);
  }

  /** Takes the calls of whoever runs the host. */
  interface OperatorCalls {

    void take(OperatorTasks input);

    void take(OperatorTask input);

    void take(OperatorCancel input);

    void take(OperatorAnswer input);

    void take(OperatorPurge input);
  }

  /** Takes what became of sessions and messages. */
  interface SessionAnswers {

    void take(SessionOpened input);

    void take(OpenFailed input);

    void take(Prompted input);

    void take(PromptFailed input);
  }

  /** Takes what probes have shown. */
  interface ProbeAnswers {

    void take(Probed input);

    void take(ProbeFailed input);

    void take(AbortEnded input);

    void take(ResultChecked input);
  }

  /** Takes what became of answers to permissions and questions. */
  interface RequestAnswers {

    void take(RequestReplied input);

    void take(RequestReplyFailed input);
  }

  /** Takes what the host says of all its sessions. */
  interface ReconcileAnswers {

    void take(StatusesFetched input);

    void take(StatusesFailed input);

    void take(RequestsFetched input);

    void take(RequestsFailed input);
  }

  /** Takes what became of what parents were told. */
  interface NotificationAnswers {

    void take(NoticeArrived input);

    void take(NoticeFailed input);

    void take(ParentBusy input);

    void take(NoticeMissing input);

    void take(ReplyEnded input);
  }

  /** Takes what happens in the host. */
  interface Events {

    void take(Observed input);

    void take(ChildAppeared input);

    void take(EventsLost input);

    void take(Paused input);
  }

  /** Takes what whoever runs the engine wants. */
  interface Orders {

    void take(NotStored input);

    void take(Fenced input);

    void take(Recalled input);

    void take(Tick input);

    void take(Shutdown input);
  }

  /** Marks what makes a call, which is to be answered. */
  interface Call {}

  // --- calls of agents; `caller` is the session that the host says it is

  /**
   * Launch a task.
   *
   * @param options complete: what the caller has not said is as it is by default
   * @param after the tasks, by any of their ids, that have to end before it starts
   * @param resumes the task in whose session it goes on, which has ended; null for a session of its
   *     own
   * @param agents the agents that the caller may launch
   * @param reach how the caller can be told what becomes of it
   */
  record Launch(
      long call,
      String caller,
      TaskSpec spec,
      LaunchOptions options,
      List<String> after,
      @Nullable String resumes,
      LaunchableAgents agents,
      Reach reach)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Tell what a caller is owed that can only be told in answers to its calls; see {@link
   * Reach#ANSWERED}.
   */
  record CatchUp(long call, String caller) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Show tasks, perhaps after waiting for them.
   *
   * @param refs task ids or child session ids; empty for all live tasks of the caller, and if there
   *     is none, for those that ended last
   * @param timeoutMillis how long to wait at most
   */
  record Output(long call, String caller, List<String> refs, WaitMode mode, long timeoutMillis)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Cancel tasks.
   *
   * @param refs task ids or child session ids; null for all live tasks of the caller's tree
   */
  record Cancel(long call, String caller, @Nullable List<String> refs, @Nullable String reason)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Give a live task a message.
   *
   * @param ref the task, by any of its ids
   * @param interrupt whether its agent is stopped first; otherwise it reads the message when it
   *     comes to it
   */
  record Send(long call, String caller, String ref, String message, boolean interrupt)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Answer a permission or question that a task waits for.
   *
   * @param ref the task, by any of its ids; null for whichever waits for that request
   */
  record AnswerRequest(
      long call, String caller, @Nullable String ref, String requestId, Reply reply)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * Drop the notices that the caller is owed and has not been sent.
   *
   * @param refs of these tasks; empty for all
   */
  record ClearNotices(long call, String caller, List<String> refs) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * List the tasks of the caller's tree.
   *
   * @param status only those in this state; null for all
   */
  record ListTasks(long call, String caller, @Nullable TaskStatus status, int limit)
      implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /** Forget the finished tasks of the caller's tree, but those that its sessions are still owed. */
  record ClearCompleted(long call, String caller) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * The session of the caller has gone for good, which the host has told: forget the finished tasks
   * that it has launched itself. Nobody waits for the answer.
   */
  record ClearOwn(long call, String caller) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  // --- calls of whoever runs the host

  /** Show all tasks. */
  record OperatorTasks(long call) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.operatorCalls().take(this);
    }
  }

  /** Show a task. */
  record OperatorTask(long call, TaskId id) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.operatorCalls().take(this);
    }
  }

  /** Cancel a task. */
  record OperatorCancel(long call, TaskId id, @Nullable String reason) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.operatorCalls().take(this);
    }
  }

  /** Answer a permission or question that a task waits for. */
  record OperatorAnswer(long call, String requestId, Reply reply) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.operatorCalls().take(this);
    }
  }

  /**
   * Forget the tasks that are finished and that everybody was told of.
   *
   * @param endedBeforeMillis those that ended before
   */
  record OperatorPurge(long call, long endedBeforeMillis) implements Input, Call {
    @Override
    public void dispatch(Handler handler) {
      handler.operatorCalls().take(this);
    }
  }

  // --- what becomes of calls

  /** Nobody waits for the answer to a call any more. */
  record CallAbandoned(long call) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.agentCalls().take(this);
    }
  }

  /**
   * What became of an {@link Effect.Reply} that was to be confirmed.
   *
   * @param taken whether somebody was still waiting for it
   */
  record ReplyEnded(long call, boolean taken) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.notificationAnswers().take(this);
    }
  }

  // --- answers of the host

  /** {@link Effect.OpenSession} succeeded. */
  record SessionOpened(TaskId task, String session) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.sessionAnswers().take(this);
    }
  }

  /** {@link Effect.OpenSession} failed, and there is no session. */
  record OpenFailed(TaskId task, SessionException.Code code, String message) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.sessionAnswers().take(this);
    }
  }

  /** {@link Effect.SendPrompt} succeeded. */
  record Prompted(TaskId task, int activation) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.sessionAnswers().take(this);
    }
  }

  /** {@link Effect.SendPrompt} failed. */
  record PromptFailed(TaskId task, int activation, SessionException.Code code, String message)
      implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.sessionAnswers().take(this);
    }
  }

  /** {@link Effect.Probe} succeeded. */
  record Probed(TaskId task, int activation, ProbeResult result) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.probeAnswers().take(this);
    }
  }

  /** {@link Effect.Probe} failed. */
  record ProbeFailed(TaskId task, int activation) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.probeAnswers().take(this);
    }
  }

  /** {@link Effect.Abort} was taken, or failed; a probe of the session tells which. */
  record AbortEnded(TaskId task) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.probeAnswers().take(this);
    }
  }

  /** {@link Effect.AnswerRequest} succeeded. */
  record RequestReplied(TaskId task, String requestId) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.requestAnswers().take(this);
    }
  }

  /** {@link Effect.AnswerRequest} failed. */
  record RequestReplyFailed(
      TaskId task, String requestId, SessionException.Code code, String message) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.requestAnswers().take(this);
    }
  }

  /** {@link Effect.FetchRequests} succeeded. */
  record RequestsFetched(List<PendingRequest> requests) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.reconcileAnswers().take(this);
    }
  }

  /** {@link Effect.FetchRequests} failed. */
  record RequestsFailed() implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.reconcileAnswers().take(this);
    }
  }

  /** {@link Effect.CheckResult} was carried out. */
  record ResultChecked(TaskId task, int activation, ResultCheck check) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.probeAnswers().take(this);
    }
  }

  /** {@link Effect.FetchStatuses} succeeded. */
  record StatusesFetched(Map<String, SessionStatus> statuses) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.reconcileAnswers().take(this);
    }
  }

  /** {@link Effect.FetchStatuses} failed. */
  record StatusesFailed() implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.reconcileAnswers().take(this);
    }
  }

  /** {@link Effect.SendNotice} succeeded, or {@link Effect.ProbeNotice} found it. */
  record NoticeArrived(String parent, String messageId) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.notificationAnswers().take(this);
    }
  }

  /** {@link Effect.SendNotice} or {@link Effect.ProbeNotice} failed. */
  record NoticeFailed(String parent, String messageId, SessionException.Code code)
      implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.notificationAnswers().take(this);
    }
  }

  /** {@link Effect.SendNotice} found the parent at work, and has not sent it. */
  record ParentBusy(String parent, String messageId) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.notificationAnswers().take(this);
    }
  }

  /** {@link Effect.ProbeNotice} found that it never arrived. */
  record NoticeMissing(String parent, String messageId) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.notificationAnswers().take(this);
    }
  }

  /**
   * Launches could not be recorded; nothing of them has been done. All at once: what one of them
   * leaves free must not be taken by another.
   */
  record NotStored(List<Refused> launches) implements Input {

    /** A launch that could not be recorded, and the call that is to be answered so. */
    public record Refused(TaskId task, long call) {}

    public NotStored {
      launches = List.copyOf(launches);
    }

    /** A single launch. */
    public static NotStored of(TaskId task, long call) {
      return new NotStored(List.of(new Refused(task, call)));
    }

    @Override
    public void dispatch(Handler handler) {
      handler.orders().take(this);
    }
  }

  /**
   * Another owner has taken tasks. Nothing is recorded, published or told of them here any more,
   * and nothing is done to their sessions; calls that wait for them are answered.
   */
  record Fenced(Set<TaskId> tasks) implements Input {

    public Fenced {
      tasks = Set.copyOf(tasks);
    }

    @Override
    public void dispatch(Handler handler) {
      handler.orders().take(this);
    }
  }

  /**
   * A call that was answered with {@link Answer.Recall}, once more.
   *
   * @param found all that was looked for in the record for this call, and what was found
   */
  record Recalled(Map<Lookup, Lookup.Found> found, Input original) implements Input {

    public Recalled {
      found = Map.copyOf(found);
    }

    @Override
    public long call() {
      return original.call();
    }

    @Override
    public void dispatch(Handler handler) {
      handler.orders().take(this);
    }
  }

  // --- events, and time

  /** An event of the host. */
  record Observed(SessionEvent event) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.events().take(this);
    }
  }

  /**
   * A session turned out to be one that the host itself has created under another.
   *
   * @param parentReach how that can be told
   */
  record ChildAppeared(Session child, Reach parentReach) implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.events().take(this);
    }
  }

  /** Events may have been lost. */
  record EventsLost() implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.events().take(this);
    }
  }

  /**
   * The process stood still for a time over which the engine's own time did not advance: it was
   * stopped, or its machine slept. Events may have been lost meanwhile, and nothing that is due is
   * to be held against a task before it was seen how far it has come.
   *
   * <ul>
   *   <li>Calls that wait for a time that their caller has given end at that time all the same:
   *       their deadlines come earlier by the gap, and those that have passed are due at once.
   *   <li>Everything else (deadlines, stalls, limits on retrying, graces, timeouts of requests, the
   *       waits of those who cancel) has moved by the gap, since the engine's time stood still.
   *   <li>The host is asked for all it knows, and each task that has begun and not ended is probed;
   *       one that is being stopped is told so once more. A task is {@code timed_out}, {@code
   *       stalled}, {@code lost} or {@code abandoned}, has retried for too long or waited for an
   *       answer for too long, only after a probe that has begun since has come back or failed, or
   *       after 10 s.
   * </ul>
   *
   * @param gapMillis how long it stood still; 0 if only the engine's time is known to have gone on
   *     without a gap, and all is to be probed
   */
  record Paused(long gapMillis) implements Input {

    public Paused {
      if (gapMillis < 0) {
        throw new IllegalArgumentException("a pause of " + gapMillis + " ms");
      }
    }

    @Override
    public void dispatch(Handler handler) {
      handler.events().take(this);
    }
  }

  /** Do what is due; see {@code TaskEngine.nextDue}. */
  record Tick() implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.orders().take(this);
    }
  }

  /** Stop everything: no launch any more, all live tasks are cancelled, all calls are answered. */
  record Shutdown() implements Input {
    @Override
    public void dispatch(Handler handler) {
      handler.orders().take(this);
    }
  }
}
