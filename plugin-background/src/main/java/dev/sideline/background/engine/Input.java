package dev.sideline.background.engine;

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
import org.jspecify.annotations.Nullable;

/**
 * Something that the engine is told: a call of an agent, an answer of the host, an event, the
 * passing of time.
 *
 * <p>Calls carry a number by which {@link Effect.Reply} names them.
 */
public sealed interface Input {

  /** Hands this input to the method of the engine that takes it. */
  void applyTo(TaskEngine engine);

  /** The number of the call that this makes, or is about; 0 if it is not about one. */
  default long call() {
    return 0;
  }

  /** Marks what makes a call, which is to be answered. */
  interface Call {}

  // --- calls of agents; `caller` is the session that the host says it is

  /**
   * Launch a task.
   *
   * @param options complete: what the caller has not said is as it is by default
   * @param after the tasks, by any of their ids, that have to end before it starts
   * @param resumes the settled task in whose session it goes on; null for a session of its own
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
    public void applyTo(TaskEngine engine) {
      engine.launches().launch(this);
    }
  }

  /**
   * Tell what a caller is owed that can only be told in answers to its calls; see {@link
   * Reach#ANSWERED}.
   */
  record CatchUp(long call, String caller) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.calls().catchUp(this);
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
    public void applyTo(TaskEngine engine) {
      engine.calls().output(this);
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
    public void applyTo(TaskEngine engine) {
      engine.calls().cancel(this);
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
    public void applyTo(TaskEngine engine) {
      engine.calls().send(this);
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
    public void applyTo(TaskEngine engine) {
      engine.calls().answerRequest(this);
    }
  }

  /**
   * Drop the notices that the caller is owed and has not been sent.
   *
   * @param refs of these tasks; empty for all
   */
  record ClearNotices(long call, String caller, List<String> refs) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.calls().clearNotices(this);
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
    public void applyTo(TaskEngine engine) {
      engine.calls().list(this);
    }
  }

  /** Forget the finished tasks of the caller's tree, but those that its sessions are still owed. */
  record ClearCompleted(long call, String caller) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.calls().clearCompleted(this);
    }
  }

  // --- calls of whoever runs the host

  /** Show all tasks. */
  record OperatorTasks(long call) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.operator().tasks(this);
    }
  }

  /** Show a task. */
  record OperatorTask(long call, TaskId id) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.operator().task(this);
    }
  }

  /** Cancel a task. */
  record OperatorCancel(long call, TaskId id, @Nullable String reason) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.operator().cancel(this);
    }
  }

  /** Answer a permission or question that a task waits for. */
  record OperatorAnswer(long call, String requestId, Reply reply) implements Input, Call {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.operator().answer(this);
    }
  }

  // --- what becomes of calls

  /** Nobody waits for the answer to a call any more. */
  record CallAbandoned(long call) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.calls().abandoned(this);
    }
  }

  /**
   * What became of an {@link Effect.Reply} that was to be confirmed.
   *
   * @param taken whether somebody was still waiting for it
   */
  record ReplyEnded(long call, boolean taken) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.replyEnded(this);
    }
  }

  // --- answers of the host

  /** {@link Effect.OpenSession} succeeded. */
  record SessionOpened(TaskId task, String session) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.sessionOpened(this);
    }
  }

  /** {@link Effect.OpenSession} failed, and there is no session. */
  record OpenFailed(TaskId task, SessionException.Code code, String message) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.openFailed(this);
    }
  }

  /** {@link Effect.SendPrompt} succeeded. */
  record Prompted(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.prompted(this);
    }
  }

  /** {@link Effect.SendPrompt} failed. */
  record PromptFailed(TaskId task, int activation, SessionException.Code code, String message)
      implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.promptFailed(this);
    }
  }

  /** {@link Effect.Probe} succeeded. */
  record Probed(TaskId task, int activation, ProbeResult result) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.probed(this);
    }
  }

  /** {@link Effect.Probe} failed. */
  record ProbeFailed(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.probeFailed(this);
    }
  }

  /** {@link Effect.Abort} was taken, or failed; a look at the session tells which. */
  record AbortEnded(TaskId task) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.abortEnded(this);
    }
  }

  /** {@link Effect.AnswerRequest} succeeded. */
  record RequestReplied(TaskId task, String requestId) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.requestReplied(this);
    }
  }

  /** {@link Effect.AnswerRequest} failed. */
  record RequestReplyFailed(
      TaskId task, String requestId, SessionException.Code code, String message) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.requestReplyFailed(this);
    }
  }

  /** {@link Effect.FetchRequests} succeeded. */
  record RequestsFetched(List<PendingRequest> requests) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.requestsFetched(this);
    }
  }

  /** {@link Effect.FetchRequests} failed. */
  record RequestsFailed() implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.requestsFailed();
    }
  }

  /** {@link Effect.CheckResult} was carried out. */
  record ResultChecked(TaskId task, int activation, ResultCheck check) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.resultChecked(this);
    }
  }

  /** {@link Effect.FetchStatuses} succeeded. */
  record StatusesFetched(Map<String, SessionStatus> statuses) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.statusesFetched(this);
    }
  }

  /** {@link Effect.FetchStatuses} failed. */
  record StatusesFailed() implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.statusesFailed();
    }
  }

  /** {@link Effect.SendNotice} succeeded, or {@link Effect.ProbeNotice} found it. */
  record NoticeArrived(String parent, String messageId) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.noticeArrived(this);
    }
  }

  /** {@link Effect.SendNotice} or {@link Effect.ProbeNotice} failed. */
  record NoticeFailed(String parent, String messageId, SessionException.Code code)
      implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.noticeFailed(this);
    }
  }

  /** {@link Effect.SendNotice} found the parent at work, and has not sent it. */
  record ParentBusy(String parent, String messageId) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.parentBusy(this);
    }
  }

  /** {@link Effect.ProbeNotice} found that it never arrived. */
  record NoticeMissing(String parent, String messageId) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.noticeMissing(this);
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
    public void applyTo(TaskEngine engine) {
      engine.notStored(this);
    }
  }

  // --- events, and time

  /** An event of the host. */
  record Observed(SessionEvent event) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.observed(event);
    }
  }

  /**
   * A session turned out to be one that the host itself has created under another.
   *
   * @param parentReach how that can be told
   */
  record ChildAppeared(Session child, Reach parentReach) implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.childAppeared(this);
    }
  }

  /** Events may have been lost. */
  record EventsLost() implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.eventsLost();
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
   *   <li>The host is asked for all it knows, and each task that has begun and not ended is looked
   *       at; one that is being stopped is told so once more. A task is {@code timed_out}, {@code
   *       stalled}, {@code lost} or {@code abandoned}, has retried for too long or waited for an
   *       answer for too long, only after a look that has begun since has come back or failed, or
   *       after 10 s.
   * </ul>
   *
   * @param gapMillis how long it stood still; 0 if only the engine's time is known to have gone on
   *     without a gap, and all is to be looked at
   */
  record Paused(long gapMillis) implements Input {

    public Paused {
      if (gapMillis < 0) {
        throw new IllegalArgumentException("a pause of " + gapMillis + " ms");
      }
    }

    @Override
    public void applyTo(TaskEngine engine) {
      engine.paused(gapMillis);
    }
  }

  /** Do what is due; see {@link TaskEngine#nextDue}. */
  record Tick() implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.tick();
    }
  }

  /** Stop everything: no launch any more, all live tasks are cancelled, all calls are answered. */
  record Shutdown() implements Input {
    @Override
    public void applyTo(TaskEngine engine) {
      engine.shutdown();
    }
  }
}
