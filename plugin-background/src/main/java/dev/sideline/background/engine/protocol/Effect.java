package dev.sideline.background.engine.protocol;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.SessionException.Code;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something that the engine wants done. It is done after the changes that came with it have been
 * recorded, and what came of it is told to the engine as an {@link Input}.
 */
public sealed interface Effect {

  /** Hands this effect to the method that carries it out. */
  void carryOutBy(Performer performer);

  /**
   * What the engine is told when this could not be carried out.
   *
   * @return null if nothing is told of it
   */
  @Nullable Input failed(Code code, String message);

  /** Carries out effects, each by itself. */
  interface Performer {

    void reply(Reply reply);

    void tellProgress(TellProgress progress);

    void openSession(OpenSession open);

    void sendPrompt(SendPrompt send);

    void probe(Probe probe);

    void checkResult(CheckResult check);

    void abort(Abort abort);

    void deleteSession(DeleteSession delete);

    void answerRequest(AnswerRequest answer);

    void fetchRequests(FetchRequests fetch);

    void fetchStatuses(FetchStatuses fetch);

    void sendNotice(SendNotice send);

    void probeNotice(ProbeNotice probe);

    void reportDefect(ReportDefect report);

    void publish(Publish publish);
  }

  /**
   * Answer a call.
   *
   * @param confirm whether what became of it is to be told: {@link Input.ReplyEnded}
   */
  record Reply(long call, Answer answer, boolean confirm) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.reply(this);
    }

    @Override
    public @Nullable Input failed(Code code, String message) {
      return confirm ? new Input.ReplyEnded(call, false) : null;
    }
  }

  /**
   * Tell whoever watches a call that waits how far that is. Nothing is told of it.
   *
   * @param ended how many of the tasks have ended
   * @param all how many it waits for; for the first of them, if none has to have ended
   * @param named some that have not ended
   */
  record TellProgress(long call, int ended, int all, List<Task> named) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.tellProgress(this);
    }

    @Override
    public @Nullable Input failed(Code code, String message) {
      return null;
    }
  }

  /**
   * Create the session of a task: {@link Input.SessionOpened} or {@link Input.OpenFailed}.
   *
   * @param perhapsOpened whether an earlier try may have created it, so that it is looked for first
   */
  record OpenSession(Task task, boolean perhapsOpened) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.openSession(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.OpenFailed(task.id(), code, message);
    }
  }

  /**
   * Give a task's session a message, under the task's prompt id and with its model: {@link
   * Input.Prompted} or {@link Input.PromptFailed}.
   *
   * @param text what its agent is told
   */
  record SendPrompt(Task task, String text) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.sendPrompt(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.PromptFailed(task.id(), task.activation(), code, message);
    }
  }

  /**
   * Probe a session: {@link Input.Probed} or {@link Input.ProbeFailed}.
   *
   * @param promptId the message after which what is said counts; null if all of it does
   * @param firstPromptId the first message that the task was told, from which on what is said is
   *     its own; null if that is not known
   * @param promptSought whether it is to be known if that message is there, even if the agent is at
   *     work and has said so much that one has to look far back
   * @param withStatus whether to ask for the session's status even if its messages tell enough
   */
  record Probe(
      TaskId task,
      int activation,
      String session,
      @Nullable String promptId,
      @Nullable String firstPromptId,
      boolean promptSought,
      boolean withStatus)
      implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.probe(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return code == Code.NOT_FOUND
          ? new Input.Probed(task, activation, ProbeResult.notFound())
          : new Input.ProbeFailed(task, activation);
    }
  }

  /**
   * Check whether an answer fits a schema: {@link Input.ResultChecked}.
   *
   * @param schema JSON Schema, as text
   */
  record CheckResult(TaskId task, int activation, String schema, String answer) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.checkResult(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.ResultChecked(
          task, activation, new ResultCheck(null, List.of("it cannot be checked: " + message)));
    }
  }

  /** Stop what a session does: {@link Input.AbortEnded}. */
  record Abort(TaskId task, String session) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.abort(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.AbortEnded(task);
    }
  }

  /** Remove a session that was never used. Nothing is told of it. */
  record DeleteSession(String session) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.deleteSession(this);
    }

    @Override
    public @Nullable Input failed(Code code, String message) {
      return null;
    }
  }

  /**
   * Answer a permission or question: {@link Input.RequestReplied} or {@link
   * Input.RequestReplyFailed}.
   */
  record AnswerRequest(TaskId task, String requestId, dev.sideline.api.Reply reply)
      implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.answerRequest(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.RequestReplyFailed(task, requestId, code, message);
    }
  }

  /**
   * Ask for all permissions and questions that wait: {@link Input.RequestsFetched} or {@link
   * Input.RequestsFailed}.
   */
  record FetchRequests() implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.fetchRequests(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.RequestsFailed();
    }
  }

  /**
   * Ask for the state of all sessions: {@link Input.StatusesFetched} or {@link
   * Input.StatusesFailed}.
   */
  record FetchStatuses() implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.fetchStatuses(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.StatusesFailed();
    }
  }

  /**
   * Tell a parent: {@link Input.NoticeArrived}, {@link Input.NoticeFailed} or {@link
   * Input.ParentBusy}.
   *
   * @param evenIfBusy whether it is told also while it is at work
   * @param plain whether nothing is said of the agent and the model that the parent uses: the host
   *     has refused that
   */
  record SendNotice(Notice notice, boolean evenIfBusy, boolean plain) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.sendNotice(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return new Input.NoticeFailed(notice.parent(), notice.messageId(), code);
    }
  }

  /**
   * Look whether a notice has arrived: {@link Input.NoticeArrived}, {@link Input.NoticeMissing} or
   * {@link Input.NoticeFailed}.
   */
  record ProbeNotice(Notice notice) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.probeNotice(this);
    }

    @Override
    public Input failed(Code code, String message) {
      return switch (code) {
        case NOT_FOUND -> new Input.NoticeFailed(notice.parent(), notice.messageId(), code);
        // It will never be seen whether it has arrived. Told twice is better than not at all.
        case INVALID, UNSUPPORTED -> new Input.NoticeMissing(notice.parent(), notice.messageId());
        // Not even the look succeeded: it is still open whether it has arrived.
        case UNAVAILABLE, UNCERTAIN ->
            new Input.NoticeFailed(notice.parent(), notice.messageId(), Code.UNCERTAIN);
      };
    }
  }

  /** Report something that was thrown where nothing should be. Nothing is told of it. */
  record ReportDefect(Throwable defect) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.reportDefect(this);
    }

    @Override
    public @Nullable Input failed(Code code, String message) {
      return null;
    }
  }

  /** Tell the host something. Nothing is told of it. */
  record Publish(PluginEvent event) implements Effect {
    @Override
    public void carryOutBy(Performer performer) {
      performer.publish(this);
    }

    @Override
    public @Nullable Input failed(Code code, String message) {
      return null;
    }
  }
}
