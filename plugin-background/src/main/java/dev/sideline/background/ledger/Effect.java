package dev.sideline.background.ledger;

import dev.sideline.api.PluginEvent;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import org.jspecify.annotations.Nullable;

/**
 * Something that the ledger wants done. It is done after the changes that came with it have been
 * recorded, and what came of it is told to the ledger as an {@link Input}.
 */
public sealed interface Effect {

  /**
   * Answer a call.
   *
   * @param confirm whether what became of it is to be told: {@link Input.ReplyEnded}
   */
  record Reply(long call, Answer answer, boolean confirm) implements Effect {}

  /**
   * Create the session of a task: {@link Input.SessionOpened} or {@link Input.OpenFailed}.
   *
   * @param perhapsOpened whether an earlier try may have created it, so that it is looked for first
   */
  record OpenSession(Task task, boolean perhapsOpened) implements Effect {}

  /**
   * Give a task's session a message, under the task's prompt id and with its model: {@link
   * Input.Prompted} or {@link Input.PromptFailed}.
   *
   * @param text what its agent is told
   */
  record SendPrompt(Task task, String text) implements Effect {}

  /**
   * Look at a session: {@link Input.Inspected} or {@link Input.InspectFailed}.
   *
   * @param promptId the message after which what is said counts; null if all of it does
   * @param withStatus whether to ask for the session's status even if its messages tell enough
   */
  record Inspect(
      TaskId task, int activation, String session, @Nullable String promptId, boolean withStatus)
      implements Effect {}

  /**
   * Check whether an answer fits a schema: {@link Input.ResultChecked}.
   *
   * @param schema JSON Schema, as text
   */
  record CheckResult(TaskId task, int activation, String schema, String answer) implements Effect {}

  /** Stop what a session does: {@link Input.AbortEnded}. */
  record Abort(TaskId task, String session) implements Effect {}

  /** Remove a session that was never used. Nothing is told of it. */
  record DeleteSession(String session) implements Effect {}

  /**
   * Answer a permission or question: {@link Input.RequestReplied} or {@link
   * Input.RequestReplyFailed}.
   */
  record AnswerRequest(TaskId task, String requestId, dev.sideline.api.Reply reply)
      implements Effect {}

  /**
   * Ask for all permissions and questions that wait: {@link Input.RequestsFetched} or {@link
   * Input.RequestsFailed}.
   */
  record FetchRequests() implements Effect {}

  /**
   * Ask for the state of all sessions: {@link Input.StatusesFetched} or {@link
   * Input.StatusesFailed}.
   */
  record FetchStatuses() implements Effect {}

  /**
   * Tell a parent: {@link Input.NoticeArrived}, {@link Input.NoticeFailed} or {@link
   * Input.ParentBusy}.
   *
   * @param evenIfBusy whether it is told also while it is at work
   */
  record SendNotice(Notice notice, boolean evenIfBusy) implements Effect {}

  /**
   * Look whether a notice has arrived: {@link Input.NoticeArrived}, {@link Input.NoticeMissing} or
   * {@link Input.NoticeFailed}.
   */
  record ProbeNotice(Notice notice) implements Effect {}

  /** Tell the host something. Nothing is told of it. */
  record Publish(PluginEvent event) implements Effect {}
}
