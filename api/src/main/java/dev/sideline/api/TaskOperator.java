package dev.sideline.api;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All background tasks of a plugin, over all sessions, for the people who run the host: what a
 * board shows, and what its buttons do. Sessions see and touch their own trees only; this does not
 * ask which session wants something, so a host gives it to nobody but an operator.
 *
 * <p>Every method returns at once, on any thread. Its stage completes on a thread of the plugin
 * that is not to be blocked, with what was true when the call was taken, after all calls and events
 * before it. Once the plugin is disposed, it fails with an {@link IllegalStateException}.
 */
public interface TaskOperator {

  /**
   * All tasks, live ones and those that have ended and are still readable, newest first. As many as
   * the plugin's limits allow, each cheap: a board may ask every second.
   */
  CompletionStage<List<TaskSnapshot>> tasks();

  /** One task; empty if there is none of that id (any more). */
  CompletionStage<Optional<TaskSnapshot>> task(String id);

  /**
   * A page of all tasks that there are and have been, newest first: those of {@link #tasks}, and
   * those that only the record in the host's database still has. By default, all of {@link #tasks}
   * in one page.
   *
   * @param after {@link TaskPage#next} of the page before; null for the first page
   * @param limit how many it has at most, 1 to 1,000
   * @throws IllegalArgumentException if either is none of these
   */
  default CompletionStage<TaskPage> page(@Nullable String after, int limit) {
    return tasks().thenApply(tasks -> new TaskPage(tasks, null));
  }

  /**
   * All that is kept of one task; empty if there is none of that id (any more). By default, nothing
   * is.
   */
  default CompletionStage<Optional<TaskReport>> report(String id) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  /**
   * Forgets for good the tasks that ended before a time, and of which everybody was told. By
   * default, none.
   *
   * @return how many these were
   */
  default CompletionStage<Integer> purge(Instant endedBefore) {
    return CompletableFuture.completedStage(0);
  }

  /**
   * Stops a task, with everything that its session has launched. Completes when it has stopped, or
   * would not within the plugin's bound for that, with the task as it is then: {@link
   * EndReason#CANCELLED_BY_OPERATOR} if this has stopped it, {@link EndReason#ABANDONED} if its
   * session may still work, whatever it was if it had ended or was being stopped before. Its parent
   * is told.
   *
   * @param reason why, for its parent to read; null for no reason
   * @return empty if there is no task of that id (any more)
   */
  CompletionStage<Optional<TaskSnapshot>> cancel(String id, @Nullable String reason);

  /**
   * Answers a permission or question that a task waits for, as a person may: {@link
   * Reply.AllowAlways} too.
   *
   * @param requestId {@link PendingRequest#id}
   */
  CompletionStage<Answered> answer(String requestId, Reply reply);

  /**
   * What became of an answer.
   *
   * @param fate what became of it
   * @param detail why the host has refused it, in its words, or that the answer could not be
   *     recorded; null otherwise
   */
  record Answered(Fate fate, @Nullable String detail) {

    public Answered {
      Objects.requireNonNull(fate, "fate");
    }
  }

  /**
   * Some of all tasks.
   *
   * @param tasks newest first
   * @param next with which the next page is asked for; null if this is the last
   */
  record TaskPage(List<TaskSnapshot> tasks, @Nullable String next) {

    public TaskPage {
      tasks = List.copyOf(tasks);
    }
  }

  /**
   * All that is kept of a task.
   *
   * @param task how it stands
   * @param prompt what its agent was told
   * @param output the end of what its agent has said; null while it is live
   * @param outputDropped how many characters are missing before that
   */
  record TaskReport(TaskSnapshot task, String prompt, @Nullable String output, long outputDropped) {

    public TaskReport {
      Objects.requireNonNull(task, "task");
      Objects.requireNonNull(prompt, "prompt");
    }
  }

  /** What becomes of an answer. */
  enum Fate {
    /** The agent has it and goes on. */
    TAKEN,
    /** It is kept until a slot is free for the agent to go on. */
    KEPT,
    /** The host did not take it; the request still waits, and may be answered again. */
    REFUSED,
    /** No task waits for such a request (any more). */
    NOT_WAITING
  }
}
