package dev.sideline.background.engine;

import dev.sideline.background.settings.Settings;
import dev.sideline.background.settings.Settings.AfterFailed;
import dev.sideline.background.task.Outcome.Reason;
import dev.sideline.background.task.TaskId;
import dev.sideline.background.task.TaskStatus;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Has tasks start when others have ended, or fail if those have not succeeded. */
final class Followers {

  private final Settings.Launches settings;
  private final Barrier barrier;
  private final Slots slots;
  private final Lifecycle lifecycle;

  /** What follows from the ends of tasks; done one after the other, not in each other. */
  private final Deque<Runnable> consequences = new ArrayDeque<>();

  Followers(Settings settings, Barrier barrier, Slots slots, Lifecycle lifecycle) {
    this.barrier = barrier;
    this.settings = settings.launches();
    this.slots = slots;
    this.lifecycle = lifecycle;
  }

  /**
   * Has a task start when others have ended.
   *
   * @param after the others, of which none has ended; not empty
   * @param start what it does when it has a slot
   */
  void follow(LiveTask live, List<LiveTask> after, Runnable start) {
    live.awaited = after.size();
    live.waitsFor(namesOf(after));
    live.onAcquired = start;
    for (LiveTask before : after) {
      if (before.followers == null) {
        before.followers = new ArrayList<>(1);
      }
      before.followers.add(live);
    }
  }

  private static String namesOf(List<LiveTask> entries) {
    String first = entries.get(0).task.id().value();
    return entries.size() == 1
        ? "the end of " + first
        : "the end of " + first + " and " + (entries.size() - 1) + " more";
  }

  /** A task has ended. What that means for those that follow it, {@link #drain} does. */
  void ended(LiveTask live, boolean succeeded) {
    List<LiveTask> followers = live.followers;
    live.followers = null;
    if (followers != null) {
      for (LiveTask follower : followers) {
        consequences.add(() -> preceded(follower, live.task.id(), succeeded));
      }
    }
  }

  /** Does what follows from the ends of tasks. */
  void drain() {
    for (Runnable next = consequences.poll(); next != null; next = consequences.poll()) {
      barrier.run(next);
    }
  }

  /** Whether something follows from the ends of tasks that has not been done. */
  boolean any() {
    return !consequences.isEmpty();
  }

  private void preceded(LiveTask follower, TaskId before, boolean succeeded) {
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
    Runnable start = follower.onAcquired;
    if (follower.awaited == 0 && start != null) {
      follower.waitsFor(null);
      slots.acquire(follower, start);
    }
  }
}
