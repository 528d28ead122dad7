package dev.sideline.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that a plugin tells its host. Not sealed: a host ignores the kinds that it does not
 * know.
 */
public interface PluginEvent {

  /**
   * A background task has moved to another state.
   *
   * @param taskId the task
   * @param parentSessionId the session that launched it
   * @param mainSessionId the uppermost session of its tree that the plugin knows of; the parent
   *     session unless that runs for a task itself
   * @param childSessionId the session that it runs in; null before that session exists
   * @param description what the task is about, in a few words
   * @param status the new state
   * @param reason why, once it has ended; null while it is live
   */
  record TaskChanged(
      String taskId,
      String parentSessionId,
      String mainSessionId,
      @Nullable String childSessionId,
      String description,
      TaskStatus status,
      @Nullable EndReason reason)
      implements PluginEvent {

    public TaskChanged {
      Objects.requireNonNull(taskId, "taskId");
      Objects.requireNonNull(parentSessionId, "parentSessionId");
      Objects.requireNonNull(mainSessionId, "mainSessionId");
      Objects.requireNonNull(description, "description");
      Objects.requireNonNull(status, "status");
    }
  }

  /**
   * A line for whoever watches the host. A host without a screen ignores it, and one that gets too
   * many at a time drops some.
   *
   * @param mainSessionId the uppermost session of the tree that it is about
   * @param title a few words
   * @param message one sentence or two
   * @param level how it should look
   */
  record Toast(String mainSessionId, String title, String message, Level level)
      implements PluginEvent {

    public Toast {
      Objects.requireNonNull(mainSessionId, "mainSessionId");
      Objects.requireNonNull(title, "title");
      Objects.requireNonNull(message, "message");
      Objects.requireNonNull(level, "level");
    }

    /** How a toast should look. */
    public enum Level {
      INFO,
      SUCCESS,
      WARNING,
      ERROR
    }
  }

  /**
   * A session was told of tasks that have ended, or need it.
   *
   * @param sessionId the session
   * @param messageId the message that told it; null if the answer to a call of its agent did
   * @param taskIds the tasks that the message is about: that have ended, and then that ask
   *     something or give no sign of life; each once
   * @param wakes whether the message set the session to work
   */
  record NoticeSent(
      String sessionId, @Nullable String messageId, List<String> taskIds, boolean wakes)
      implements PluginEvent {

    public NoticeSent {
      Objects.requireNonNull(sessionId, "sessionId");
      taskIds = List.copyOf(taskIds);
    }
  }

  /**
   * The agent of a task has asked for a permission or put a question, and waits. Followed by one
   * {@link RequestGone}, at the latest when the task ends.
   *
   * @param taskId the task
   * @param parentSessionId the session that launched it
   * @param mainSessionId the uppermost session of its tree that the plugin knows of
   * @param request what is asked, and its id
   * @param timeout how long from now it waits before it is answered by itself, as is set for
   *     requests that nobody answers; null for as long as it takes
   */
  record RequestPending(
      String taskId,
      String parentSessionId,
      String mainSessionId,
      PendingRequest request,
      @Nullable Duration timeout)
      implements PluginEvent {

    public RequestPending {
      Objects.requireNonNull(taskId, "taskId");
      Objects.requireNonNull(parentSessionId, "parentSessionId");
      Objects.requireNonNull(mainSessionId, "mainSessionId");
      Objects.requireNonNull(request, "request");
    }
  }

  /**
   * A permission or question is not waited for any more.
   *
   * @param taskId the task that had asked
   * @param parentSessionId the session that launched it
   * @param mainSessionId the uppermost session of its tree that the plugin knows of
   * @param requestId the request's id
   * @param how what became of it
   */
  record RequestGone(
      String taskId, String parentSessionId, String mainSessionId, String requestId, How how)
      implements PluginEvent {

    public RequestGone {
      Objects.requireNonNull(taskId, "taskId");
      Objects.requireNonNull(parentSessionId, "parentSessionId");
      Objects.requireNonNull(mainSessionId, "mainSessionId");
      Objects.requireNonNull(requestId, "requestId");
      Objects.requireNonNull(how, "how");
    }

    /** What became of a request. */
    public enum How {
      /** A session above the task, or an operator, has answered it through the plugin. */
      ANSWERED,
      /** Nobody has in time, and what is set for that was done. */
      TIMED_OUT,
      /** It was answered or taken back in the host itself. */
      GONE_IN_HOST,
      /** The agent that had asked was stopped, or its task has ended. */
      WITHDRAWN
    }
  }

  /**
   * What a task has used so far.
   *
   * @param taskId the task
   * @param parentSessionId the session that launched it
   * @param mainSessionId the uppermost session of its tree that the plugin knows of
   * @param toolCalls the tool calls of its agent so far
   * @param usage tokens and money so far
   */
  record TaskUsage(
      String taskId, String parentSessionId, String mainSessionId, int toolCalls, Usage usage)
      implements PluginEvent {

    public TaskUsage {
      Objects.requireNonNull(taskId, "taskId");
      Objects.requireNonNull(parentSessionId, "parentSessionId");
      Objects.requireNonNull(mainSessionId, "mainSessionId");
      Objects.requireNonNull(usage, "usage");
    }
  }

  /**
   * No task of a session is live any more, and the session has been told of all of them or need not
   * be: work that a host has queued for it may go on.
   *
   * @param sessionId the session that launched the tasks
   * @param mainSessionId the uppermost session of its tree that the plugin knows of
   */
  record AllTasksEnded(String sessionId, String mainSessionId) implements PluginEvent {

    public AllTasksEnded {
      Objects.requireNonNull(sessionId, "sessionId");
      Objects.requireNonNull(mainSessionId, "mainSessionId");
    }
  }
}
