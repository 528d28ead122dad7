package dev.sideline.background.text;

import dev.sideline.background.task.Outcome;
import dev.sideline.background.task.Task;

/** What whoever launched a task may do about the way in which it has ended. */
final class Advice {

  private Advice() {}

  /** One sentence or two; empty if there is nothing to do. */
  static String on(Task task) {
    Outcome outcome = task.outcome();
    if (outcome == null) {
      return "";
    }
    return switch (outcome.reason()) {
      case OK, CANCELLED, PARENT_GONE, SHUTDOWN -> "";
      case EMPTY ->
          "It may have done its work without a word: " + goOn(task, "ask what it did") + ".";
      case PARTIAL -> "To have the rest, " + goOn(task, "tell it to continue") + ".";
      case LAUNCH_FAILED ->
          "Launch it again if the trouble can pass; check agent, model and directory first.";
      case DEPENDENCY_FAILED ->
          "Look at the tasks that it was to follow; launch it again, without 'after' if it can do"
              + " without them.";
      case SESSION_ERROR, LOST ->
          "If the trouble can pass, " + goOn(task, "tell it to continue") + ".";
      case SESSION_DELETED -> "Launch it again if you still need it.";
      case TIMED_OUT ->
          "To give it more time, "
              + goOn(task, "with a longer timeout_seconds")
              + "; or launch smaller tasks.";
      case STALLED ->
          "It may have hung: " + goOn(task, "tell it to continue") + ", or launch it anew.";
      case BUDGET_EXCEEDED ->
          "If the rest is worth it, "
              + goOn(task, "with a new budget")
              + "; or launch smaller tasks.";
      case LOOP -> "To have it try another way, " + goOn(task, "say what to do differently") + ".";
      case REJECTED ->
          "Take the answer as it is, or " + goOn(task, "say what is wrong with it") + ".";
      case INTERRUPTED, CANCELLED_BY_OPERATOR ->
          "That was done on purpose: ask before you launch it again.";
      case ABANDONED -> "Do not have others work on the same things before that is clear.";
    };
  }

  private static String goOn(Task task, String how) {
    return task.session() == null
        ? "launch it again"
        : "go on with background_task(task_id=\"" + task.id() + "\") and " + how;
  }
}
