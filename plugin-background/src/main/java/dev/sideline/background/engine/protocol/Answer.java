package dev.sideline.background.engine.protocol;

import dev.sideline.api.PendingRequest;
import dev.sideline.background.rights.AgentRefusal;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the engine answers to a call. */
public sealed interface Answer {

  /**
   * A task, and what stands between it and its start.
   *
   * @param queuePosition its place in its parent's queue, 1 for the next to start; 0 if it does not
   *     wait for a slot
   * @param limit the limit that it waits for; null if it waits for none, or only for its turn
   * @param noticePending whether its parent is still to be told that it has ended
   */
  record View(Task task, int queuePosition, @Nullable Limit limit, boolean noticePending) {

    /** A task that waits for nothing. */
    public static View of(Task task) {
      return new View(task, 0, null, false);
    }
  }

  /**
   * The task was launched.
   *
   * @param existing whether it was before, by a launch with the same idempotency key
   */
  record Launched(View task, boolean existing) implements Answer {}

  /** A launch was refused by a limit. Nothing was changed. */
  record LimitReached(Limit limit) implements Answer {}

  /** A launch was refused: its tree has used up its budget. Nothing was changed. */
  record BudgetSpent(String how) implements Answer {}

  /** A launch was refused: its idempotency key belongs to a task that is about something else. */
  record KeyTaken(String key, TaskId task) implements Answer {}

  /** A task cannot be gone on with. Nothing was changed. */
  record CannotResume(View task, ResumeRefusal reason) implements Answer {}

  /** A launch was refused: the caller is a task's session, and that task is ending or has ended. */
  record CallerEnded() implements Answer {}

  /** What a launch, a message or a reply would promise cannot be recorded. Nothing was changed. */
  record NotRecorded() implements Answer {}

  /**
   * What became of a message or a reply, which cannot be recorded: it holds for as long as the
   * process lives.
   */
  record Unrecorded(Answer answer) implements Answer {}

  /**
   * The tasks that were asked for.
   *
   * @param waitedInVain whether a wait ended before what it waited for
   */
  record Shown(List<View> tasks, boolean waitedInVain) implements Answer {}

  /**
   * What a caller is told in the answer to a call, as it cannot be told otherwise.
   *
   * @param ended the tasks that have ended, in that order
   * @param attention the tasks that need it
   * @param stillRunning how many of its tasks are still live
   */
  record CaughtUp(List<Task> ended, List<Task> attention, int stillRunning) implements Answer {

    /** It is owed nothing. */
    public static final CaughtUp NOTHING = new CaughtUp(List.of(), List.of(), 0);

    public boolean isEmpty() {
      return ended.isEmpty() && attention.isEmpty();
    }
  }

  /**
   * A reference that names no task of the caller's tree. Nothing was changed.
   *
   * @param known ids that would have been understood, newest first; a few at most
   */
  record UnknownTask(String ref, List<String> known) implements Answer {}

  /** A session id that names more than one task. Nothing was changed. */
  record AmbiguousTask(String ref, List<String> candidates) implements Answer {}

  /**
   * What a cancel has done.
   *
   * @param stopped tasks that it has stopped
   * @param stopping tasks that were told to stop and are not quiet: not yet, or abandoned
   * @param alreadyOver tasks that had ended before
   */
  record CancelEnded(List<View> stopped, List<View> stopping, List<View> alreadyOver)
      implements Answer {}

  /** What became of a message to a task. */
  record Sent(View task, SendStatus status, @Nullable String detail) implements Answer {}

  /**
   * What became of an answer to a permission or question.
   *
   * @param status what became of it
   * @param detail what the host said; null if nothing
   */
  record RequestAnswered(View task, String requestId, ReplyStatus status, @Nullable String detail)
      implements Answer {}

  /**
   * An answer to a permission was refused, because only a person may give it. Nothing was changed.
   */
  record PersonDecides(View task, String requestId) implements Answer {}

  /** A launch was refused: the caller may not have that agent work. Nothing was changed. */
  record AgentRefused(AgentRefusal refusal) implements Answer {}

  /** No task of the caller's tree waits for such a request. Nothing was changed. */
  record UnknownRequest(String requestId, List<PendingRequest> open) implements Answer {}

  /**
   * Notices were dropped.
   *
   * @param tasks of which the caller will not be told any more
   */
  record NoticesCleared(List<View> tasks) implements Answer {}

  /**
   * The caller's tasks, newest first.
   *
   * @param total how many there are, of which those given are the newest
   */
  record Listed(List<View> tasks, int total) implements Answer {}

  /**
   * Finished tasks were forgotten.
   *
   * @param cleared how many
   * @param kept how many finished ones were not, because somebody is still to be told of them
   */
  record Cleared(int cleared, int kept) implements Answer {}

  /**
   * The tasks that an operator has asked for.
   *
   * @param tasks newest first
   */
  record OperatorViews(List<OperatorView> tasks) implements Answer {}

  /**
   * A task as an operator sees it.
   *
   * @param changedMillis when it came to its present state, in epoch milliseconds
   * @param queuePosition its place in its parent's queue for slots, 1 for the next; 0 if it does
   *     not wait for one
   * @param limit the limit that it waits for; null if it waits for none, or only for its turn
   * @param after the tasks that have to end before it may start
   * @param timeouts when each of its requests is answered if nobody does it, in epoch milliseconds;
   *     0 for never
   */
  record OperatorView(
      Task task,
      long changedMillis,
      int queuePosition,
      @Nullable Limit limit,
      List<TaskId> after,
      Map<String, Long> timeouts) {

    /** A task that has ended, and is owed to nobody. */
    public static OperatorView ofSettled(Task task) {
      return new OperatorView(task, task.settledMillis(), 0, null, List.of(), Map.of());
    }
  }

  /**
   * What became of an operator's answer to a permission or question.
   *
   * @param detail what the host said; null if nothing
   */
  record OperatorAnswered(ReplyStatus status, @Nullable String detail) implements Answer {}

  /**
   * The call broke off: the engine has run into an error of its own. What it had begun was finished
   * or taken back; which, a list of the tasks shows.
   */
  record Failed() implements Answer {}

  /** Nobody waits for the answer any more. What the call has begun goes on. */
  record Abandoned() implements Answer {}

  /**
   * None yet: something has to be looked for in the record first, and the call to be made again
   * with what was found, as an {@link Input.Recalled}.
   */
  record Recall(List<Lookup> lookups) implements Answer {

    public Recall {
      lookups = List.copyOf(lookups);
    }
  }

  /**
   * What was asked for is not in memory, and the record cannot be read now. Nothing was changed.
   *
   * @param why in words
   */
  record RecordUnreadable(String why) implements Answer {}

  /** The plugin is shutting down. */
  record ShuttingDown() implements Answer {}

  /** Why a task cannot be gone on with. */
  enum ResumeRefusal {
    /** It has not ended: it can be sent a message. */
    LIVE,
    /** Another task is at work in its session. */
    SESSION_IN_USE,
    /** It has no session any more, or never had one. */
    NO_SESSION,
    /** It would not stop, and may still be at work. */
    ABANDONED,
    /** Another session of the caller's tree has launched it. */
    NOT_LAUNCHED_BY_CALLER
  }

  /** What became of a message to a task. */
  enum SendStatus {
    /** It is in the session; the agent reads it when it comes to it, or is set to work by it. */
    DELIVERED,
    /** The agent was stopped, and set to work by it. */
    INTERRUPTED,
    /** It is kept until the task has started, or may go on. */
    KEPT,
    /** It was given to the host, which has not said whether it has it. */
    UNDER_WAY,
    /** It was not delivered; {@code detail} says why. */
    NOT_DELIVERED,
    /** The task has ended, or ended before the message reached it. */
    TASK_OVER,
    /** The task is being stopped. */
    TASK_STOPPING,
    /** Too many messages wait for that task already. */
    TOO_MANY;

    /** Whether it has come to nothing. */
    public boolean inVain() {
      return this == NOT_DELIVERED
          || this == TASK_OVER
          || this == TASK_STOPPING
          || this == TOO_MANY;
    }
  }

  /** What became of an answer to a permission or question. */
  enum ReplyStatus {
    /** The agent has it and goes on. */
    TAKEN,
    /** It is kept until a slot is free for the agent to go on. */
    KEPT,
    /** The host did not take it; the request still waits. */
    REFUSED,
    /** The request was not waiting any more. */
    GONE;

    /** Whether it has come to nothing. */
    public boolean inVain() {
      return this == REFUSED || this == GONE;
    }
  }
}
