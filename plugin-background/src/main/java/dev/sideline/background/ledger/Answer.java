package dev.sideline.background.ledger;

import dev.sideline.background.task.Task;
import java.util.List;

/** What the ledger answers to a call. */
public sealed interface Answer {

  /**
   * A task, and its place in its parent's queue.
   *
   * @param queuePosition 1 for the next to start; 0 if it does not wait for a slot
   */
  record View(Task task, int queuePosition) {}

  /** The task was launched. */
  record Launched(View task) implements Answer {}

  /** A launch was refused by a limit. Nothing was changed. */
  record LimitReached(Limit limit, int value) implements Answer {}

  /** A launch was refused: the caller is a task's session, and that task is ending or has ended. */
  record CallerEnded() implements Answer {}

  /** A launch could not be recorded. Nothing was changed. */
  record NotRecorded() implements Answer {}

  /**
   * The tasks that were asked for.
   *
   * @param waitedInVain whether a wait ended before what it waited for
   */
  record Shown(List<View> tasks, boolean waitedInVain) implements Answer {}

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

  /** Nobody waits for the answer any more. What the call has begun goes on. */
  record Abandoned() implements Answer {}

  /** The plugin is shutting down. */
  record ShuttingDown() implements Answer {}

  /** The limits that a launch can run into. */
  enum Limit {
    TASKS,
    TASKS_PER_PARENT,
    DEPTH
  }
}
