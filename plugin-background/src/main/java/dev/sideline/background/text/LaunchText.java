package dev.sideline.background.text;

import dev.sideline.background.engine.protocol.Answer;
import dev.sideline.background.engine.protocol.Answer.View;
import dev.sideline.background.engine.protocol.Limit;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;

/** What whoever launches a task is told: that it is, and what happens next; or why not. */
public final class LaunchText {

  private static final String NOTHING_CHANGED = " Nothing was changed.";

  private LaunchText() {}

  /** A task that was launched, now or before. */
  public static String launched(Answer.Launched launched, Promise promise, long nowMillis) {
    View view = launched.task();
    Task task = view.task();
    if (launched.existing()) {
      return "Background task "
          + task.id()
          + " was launched before, with the same idempotency_key; no second one was launched. "
          + (task.status().terminal()
              ? "It has ended: " + Phrases.ending(task) + ". Read its result with " + output(task)
              : "It is " + StateText.brief(view, nowMillis) + ".\n" + next(task, promise));
    }
    return "Launched background task "
        + task.id()
        + ". "
        + beginning(view)
        + "\n"
        + next(task, promise);
  }

  private static String beginning(View view) {
    if (view.task().status() != TaskStatus.PENDING) {
      return "It is being started.";
    }
    String waiting = StateText.waiting(view);
    if (waiting.isEmpty()) {
      return "It is being started.";
    }
    // As the rest of a sentence it begins with ", waiting".
    return "It starts by itself; it is now" + waiting.substring(1) + ".";
  }

  private static String next(Task task, Promise promise) {
    return promise.afterLaunch(task.options().notification(), output(task));
  }

  private static String output(Task task) {
    return "background_output(task_id=\"" + task.id() + "\").";
  }

  /**
   * Why a task may not work in a folder.
   *
   * @param wish the folder as it was asked for
   * @param refusal the rest of the sentence
   */
  public static String directoryRefused(String wish, String refusal) {
    return "'directory' is "
        + Phrases.quoted(wish)
        + ", but "
        + refusal
        + " (setting directories).";
  }

  /** Why nothing was launched, and what can be done instead. */
  public static String refused(Answer answer) {
    if (answer instanceof Answer.LimitReached reached) {
      return "Not launched: " + limit(reached.limit()) + NOTHING_CHANGED;
    }
    if (answer instanceof Answer.BudgetSpent spent) {
      return "Not launched: the tasks of this tree have used up what they may use together: "
          + spent.how()
          + ". Do the rest without background tasks; only the operator can raise that budget."
          + NOTHING_CHANGED;
    }
    if (answer instanceof Answer.KeyTaken taken) {
      return "Not launched: the idempotency_key "
          + Phrases.quoted(taken.key())
          + " belongs to "
          + taken.task()
          + ", which was launched with other arguments. Give this task another key or none, or read"
          + " that one with background_output(task_id=\""
          + taken.task()
          + "\")."
          + NOTHING_CHANGED;
    }
    if (answer instanceof Answer.CannotResume cannot) {
      return "Not launched: " + cannotResume(cannot) + NOTHING_CHANGED;
    }
    if (answer instanceof Answer.AgentRefused refused) {
      return "Not launched: " + AgentText.refused(refused.refusal()) + NOTHING_CHANGED;
    }
    if (answer instanceof Answer.CallerEnded) {
      return "Not launched: your own session has been cancelled or has ended, so nobody would read"
          + " the result.";
    }
    if (answer instanceof Answer.NotRecorded) {
      return "Not launched: tasks cannot be recorded just now. Nothing was changed; try again"
          + " later.";
    }
    throw new IllegalStateException("unexpected answer " + answer);
  }

  private static String limit(Limit limit) {
    String allowed = "the setting " + StateText.limit(limit);
    return switch (limit.setting()) {
      case "max_launches_per_parent" ->
          allowed
              + ", and your session has launched as many. It cannot launch any more: do the rest"
              + " yourself, or give a task that has ended more to do with"
              + " background_task(task_id).";
      case "max_depth" ->
          allowed + ": tasks as deep as yours may not launch tasks. Do this work yourself.";
      case "max_tasks", "max_tasks_per_parent" ->
          allowed
              + ", and there are as many tasks that wait, run or are still to be announced. Wait"
              + " until some have ended, or cancel those that you do not need.";
      case "max_tasks_bytes" ->
          allowed
              + ", and the tasks that wait, run or are still to be announced take as much. Wait"
              + " until some have ended, or cancel those that you do not need.";
      default ->
          allowed
              + ", and as many are at work. Try again when you are told that one has ended, or"
              + " cancel one that you do not need.";
    };
  }

  private static String cannotResume(Answer.CannotResume cannot) {
    Task task = cannot.task().task();
    TaskId id = task.id();
    return switch (cannot.reason()) {
      case LIVE ->
          id
              + " has not ended, it is "
              + task.status().wireName()
              + ". Give it a message with background_send(task_id=\""
              + id
              + "\", message=\"…\").";
      case SESSION_IN_USE ->
          "another task is at work in the session of "
              + id
              + ". Wait until that has ended, or launch without 'task_id'.";
      case NO_SESSION ->
          id
              + " has no session to go on in. Launch without 'task_id', and put into the prompt"
              + " what the agent needs to know.";
      case ABANDONED ->
          id
              + " would not stop, and may still be at work in its session. Launch without"
              + " 'task_id', and put into the prompt what the agent needs to know.";
      case NOT_LAUNCHED_BY_CALLER ->
          id
              + " was launched by a task of yours and not by you. Launch without 'task_id', or have"
              + " that task go on with it.";
    };
  }
}
