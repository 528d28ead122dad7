package dev.sideline.background.ledger;

import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;

/**
 * Something that the ledger wants done. It is done after the changes that came with it have been
 * recorded, and what came of it is told to the ledger as an {@link Input}.
 */
public sealed interface Effect {

  /** Answer a call. */
  record Reply(long call, Answer answer) implements Effect {}

  /** Create the session of a task: {@link Input.SessionOpened} or {@link Input.OpenFailed}. */
  record OpenSession(Task task) implements Effect {}

  /**
   * Give a task's session its prompt, under the task's prompt id: {@link Input.Prompted} or {@link
   * Input.PromptFailed}.
   */
  record SendPrompt(Task task) implements Effect {}

  /**
   * Look at a session: {@link Input.Inspected} or {@link Input.InspectFailed}.
   *
   * @param withStatus whether to ask for the session's status even if its messages tell enough
   */
  record Inspect(TaskId task, int activation, String session, String promptId, boolean withStatus)
      implements Effect {}

  /** Stop what a session does: {@link Input.AbortEnded}. */
  record Abort(TaskId task, String session) implements Effect {}

  /** Remove a session that was never used. Nothing is told of it. */
  record DeleteSession(String session) implements Effect {}

  /**
   * Ask for the state of all sessions: {@link Input.StatusesFetched} or {@link
   * Input.StatusesFailed}.
   */
  record FetchStatuses() implements Effect {}

  /** Tell a parent: {@link Input.NoticeArrived} or {@link Input.NoticeFailed}. */
  record SendNotice(Notice notice) implements Effect {}

  /**
   * Look whether a notice has arrived: {@link Input.NoticeArrived}, {@link Input.NoticeMissing} or
   * {@link Input.NoticeFailed}.
   */
  record ProbeNotice(Notice notice) implements Effect {}

  /** Tell the host that a task has moved to another state. Nothing is told of it. */
  record Publish(Task task) implements Effect {}
}
