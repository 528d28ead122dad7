package dev.sideline.background.engine;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayList;
import java.util.List;

/** Tasks that start when others have ended, or fail if those have not succeeded. */
final class Followers {

  private final Settings.Launches settings;
  private final UnitOfWork unit;
  private final Slots slots;
  private final Lifecycle lifecycle;

  Followers(Settings settings, UnitOfWork unit, Slots slots, Lifecycle lifecycle) {
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
  void start(LiveTask live, List<LiveTask> after) {
    if (after.isEmpty()) {
      slots.acquire(live);
      return;
    }
    live.awaited = after.size();
    live.waitsFor(namesOf(after));
    for (LiveTask before : after) {
      if (before.followers == null) {
        before.followers = new ArrayList<>(1);
      }
      before.followers.add(live);
    }
  }

  private static String namesOf(List<LiveTask> tasks) {
    String first = tasks.get(0).task.id().value();
    return tasks.size() == 1
        ? "the end of " + first
        : "the end of " + first + " and " + (tasks.size() - 1) + " more";
  }

  /** A task has ended, or was taken back. */
  void onEnded(LiveTask live, boolean succeeded) {
    List<LiveTask> followers = live.followers;
    live.followers = null;
    if (followers != null) {
      unit.each(followers, follower -> onPredecessorEnded(follower, live.task.id(), succeeded));
    }
  }

  private void onPredecessorEnded(LiveTask follower, TaskId before, boolean succeeded) {
    if (follower.task.status() != TaskStatus.PENDING || follower.discarded) {
      return;
    }
    if (!succeeded && settings.afterFailed() == AfterFailed.FAIL) {
      lifecycle.end(
          follower,
          Reason.DEPENDENCY_FAILED,
          "it was to start after " + before + ", which has not succeeded");
      return;
    }
    follower.awaited--;
    if (follower.awaited == 0) {
      follower.waitsFor(null);
      slots.acquire(follower);
    }
  }
}
