package dev.sideline.background.ledger;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Reach;
import dev.sideline.api.Reply;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.background.rights.LaunchableAgents;
import dev.sideline.background.task.Assignment;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import dev.sideline.background.task.Terms;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that the ledger is told: a call of an agent, an answer of the host, an event, the
 * passing of time.
 *
 * <p>Calls carry a number by which {@link Effect.Reply} names them.
 */
public sealed interface Input {

  /** Hands this input to the method of the ledger that takes it. */
  void applyTo(Ledger ledger);

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
   * @param terms complete: what the caller has not said is as it is by default
   * @param after the tasks, by any of their ids, that have to end before it starts
   * @param resumes the settled task in whose session it goes on; null for a session of its own
   * @param agents the agents that the caller may launch
   * @param reach how the caller can be told what becomes of it
   */
  record Launch(
      long call,
      String caller,
      Assignment assignment,
      Terms terms,
      List<String> after,
      @Nullable String resumes,
      LaunchableAgents agents,
      Reach reach)
      implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.launches().launch(this);
    }
  }

  /**
   * Tell what a caller is owed that can only be told in answers to its calls; see {@link
   * Reach#ANSWERED}.
   */
  record CatchUp(long call, String caller) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().catchUp(this);
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
    public void applyTo(Ledger ledger) {
      ledger.calls().output(this);
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
    public void applyTo(Ledger ledger) {
      ledger.calls().cancel(this);
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
    public void applyTo(Ledger ledger) {
      ledger.calls().send(this);
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
    public void applyTo(Ledger ledger) {
      ledger.calls().answerRequest(this);
    }
  }

  /**
   * Drop the notices that the caller is owed and has not been sent.
   *
   * @param refs of these tasks; empty for all
   */
  record ClearNotices(long call, String caller, List<String> refs) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().clearNotices(this);
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
    public void applyTo(Ledger ledger) {
      ledger.calls().list(this);
    }
  }

  /** Forget the finished tasks of the caller's tree, but those that its sessions are still owed. */
  record ClearCompleted(long call, String caller) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().clearCompleted(this);
    }
  }

  // --- calls of whoever runs the host

  /** Show all tasks. */
  record OperatorTasks(long call) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.operator().tasks(this);
    }
  }

  /** Show a task. */
  record OperatorTask(long call, TaskId id) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.operator().task(this);
    }
  }

  /** Cancel a task. */
  record OperatorCancel(long call, TaskId id, @Nullable String reason) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.operator().cancel(this);
    }
  }

  /** Answer a permission or question that a task waits for. */
  record OperatorAnswer(long call, String requestId, Reply reply) implements Input, Call {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.operator().answer(this);
    }
  }

  // --- what becomes of calls

  /** Nobody waits for the answer to a call any more. */
  record CallAbandoned(long call) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.calls().abandoned(this);
    }
  }

  /**
   * What became of an {@link Effect.Reply} that was to be confirmed.
   *
   * @param taken whether somebody was still waiting for it
   */
  record ReplyEnded(long call, boolean taken) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.replyEnded(this);
    }
  }

  // --- answers of the host

  /** {@link Effect.OpenSession} succeeded. */
  record SessionOpened(TaskId task, String session) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.sessionOpened(this);
    }
  }

  /** {@link Effect.OpenSession} failed, and there is no session. */
  record OpenFailed(TaskId task, SessionException.Code code, String message) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.openFailed(this);
    }
  }

  /** {@link Effect.SendPrompt} succeeded. */
  record Prompted(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.prompted(this);
    }
  }

  /** {@link Effect.SendPrompt} failed. */
  record PromptFailed(TaskId task, int activation, SessionException.Code code, String message)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.promptFailed(this);
    }
  }

  /** {@link Effect.Inspect} succeeded. */
  record Inspected(TaskId task, int activation, Finding finding) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.inspected(this);
    }
  }

  /** {@link Effect.Inspect} failed. */
  record InspectFailed(TaskId task, int activation) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.inspectFailed(this);
    }
  }

  /** {@link Effect.Abort} was taken, or failed; a look at the session tells which. */
  record AbortEnded(TaskId task) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.abortEnded(this);
    }
  }

  /** {@link Effect.AnswerRequest} succeeded. */
  record RequestReplied(TaskId task, String requestId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.requestReplied(this);
    }
  }

  /** {@link Effect.AnswerRequest} failed. */
  record RequestReplyFailed(
      TaskId task, String requestId, SessionException.Code code, String message) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.requestReplyFailed(this);
    }
  }

  /** {@link Effect.FetchRequests} succeeded. */
  record RequestsFetched(List<PendingRequest> requests) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.requestsFetched(this);
    }
  }

  /** {@link Effect.FetchRequests} failed. */
  record RequestsFailed() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.requestsFailed();
    }
  }

  /** {@link Effect.CheckResult} was carried out. */
  record ResultChecked(TaskId task, int activation, ResultCheck check) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.resultChecked(this);
    }
  }

  /** {@link Effect.FetchStatuses} succeeded. */
  record StatusesFetched(Map<String, SessionStatus> statuses) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.statusesFetched(this);
    }
  }

  /** {@link Effect.FetchStatuses} failed. */
  record StatusesFailed() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.statusesFailed();
    }
  }

  /** {@link Effect.SendNotice} succeeded, or {@link Effect.ProbeNotice} found it. */
  record NoticeArrived(String parent, String messageId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeArrived(this);
    }
  }

  /** {@link Effect.SendNotice} or {@link Effect.ProbeNotice} failed. */
  record NoticeFailed(String parent, String messageId, SessionException.Code code)
      implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeFailed(this);
    }
  }

  /** {@link Effect.SendNotice} found the parent at work, and has not sent it. */
  record ParentBusy(String parent, String messageId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.parentBusy(this);
    }
  }

  /** {@link Effect.ProbeNotice} found that it never arrived. */
  record NoticeMissing(String parent, String messageId) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.noticeMissing(this);
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
    public void applyTo(Ledger ledger) {
      ledger.notStored(this);
    }
  }

  // --- events, and time

  /** An event of the host. */
  record Observed(SessionEvent event) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.observed(event);
    }
  }

  /**
   * A session turned out to be one that the host itself has created under another.
   *
   * @param parentReach how that can be told
   */
  record ChildAppeared(Session child, Reach parentReach) implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.childAppeared(this);
    }
  }

  /** Events may have been lost. */
  record EventsLost() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.eventsLost();
    }
  }

  /**
   * The process stood still for a time over which the ledger's own time did not advance: it was
   * stopped, or its machine slept. Events may have been lost meanwhile, and nothing that is due is
   * to be held against a task before it was seen how far it has come.
   *
   * <ul>
   *   <li>Calls that wait for a time that their caller has given end at that time all the same:
   *       their deadlines come earlier by the gap, and those that have passed are due at once.
   *   <li>Everything else (deadlines, stalls, limits on retrying, graces, timeouts of requests, the
   *       waits of those who cancel) has moved by the gap, since the ledger's time stood still.
   *   <li>The host is asked for all it knows, and each task that has begun and not ended is looked
   *       at; one that is being stopped is told so once more. A task is {@code timed_out}, {@code
   *       stalled}, {@code lost} or {@code abandoned}, has retried for too long or waited for an
   *       answer for too long, only after a look that has begun since has come back or failed, or
   *       after 10 s.
   * </ul>
   *
   * @param gapMillis how long it stood still; 0 if only the ledger's time is known to have gone on
   *     without a gap, and all is to be looked at
   */
  record Paused(long gapMillis) implements Input {

    public Paused {
      if (gapMillis < 0) {
        throw new IllegalArgumentException("a pause of " + gapMillis + " ms");
      }
    }

    @Override
    public void applyTo(Ledger ledger) {
      ledger.paused(gapMillis);
    }
  }

  /** Do what is due; see {@link Ledger#nextDue}. */
  record Tick() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.tick();
    }
  }

  /** Stop everything: no launch any more, all live tasks are cancelled, all calls are answered. */
  record Shutdown() implements Input {
    @Override
    public void applyTo(Ledger ledger) {
      ledger.shutdown();
    }
  }
}
