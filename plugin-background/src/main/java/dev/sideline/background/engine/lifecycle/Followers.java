package dev.sideline.background.engine.lifecycle;

import dev.sideline.background.engine.model.LiveTask;
import dev.sideline.background.engine.model.UnitOfWork;
import dev.sideline.background.engine.scheduling.Slots;
import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.List;

/** Tasks that start when others have ended, or fail if those have not succeeded. */
public final class Followers {

  private final Settings.Launches settings;
  private final UnitOfWork unit;
  private final Slots slots;
  private final Lifecycle lifecycle;

  public Followers(Settings settings, UnitOfWork unit, Slots slots, Lifecycle lifecycle) {
    this.settings = settings.launches();
    this.unit = unit;
    this.slots = slots;
    this.lifecycle = lifecycle;
  }

  /**
   * Lets a new task wait for a slot, once others have ended.
   *
   * @param after the others, of which none has ended; empty if it waits for none
   */
  public void start(LiveTask live, List<LiveTask> after) {
    if (after.isEmpty()) {
      slots.acquire(live);
      return;
    }
    live.following().await(after.size());
    live.waitsFor(namesOf(after));
    for (LiveTask before : after) {
      before.following().addFollower(live);
    }
  }

  /**
   * Lets a task go on waiting after a restart.
   *
   * @param after the tasks that it still waits for
   * @param failed whether one that it was to follow has not succeeded
   */
  public void resume(LiveTask live, List<LiveTask> after, boolean failed) {
    if (failed && settings.afterFailed() == AfterFailed.FAIL) {
      lifecycle.failLater(live);
    } else {
      start(live, after);
    }
  }

  private static String namesOf(List<LiveTask> tasks) {
    String first = tasks.get(0).record().id().value();
    return tasks.size() == 1
        ? "the end of " + first
        : "the end of " + first + " and " + (tasks.size() - 1) + " more";
  }

  /** A task has ended, or was taken back. */
  public void onEnded(LiveTask live, boolean succeeded) {
    unit.each(
        live.following().takeFollowers(),
        follower -> onPredecessorEnded(follower, live.record().id(), succeeded));
  }

  private void onPredecessorEnded(LiveTask follower, TaskId before, boolean succeeded) {
    if (follower.status() != TaskStatus.PENDING || follower.recordState().discarded()) {
      return;
    }
    if (!succeeded && settings.afterFailed() == AfterFailed.FAIL) {
      lifecycle.end(
          follower,
          Reason.DEPENDENCY_FAILED,
          "it was to start after " + before + ", which has not succeeded");
      return;
    }
    if (follower.following().awaitOneLess()) {
      follower.waitsFor(null);
      slots.acquire(follower);
    }
  }
}
