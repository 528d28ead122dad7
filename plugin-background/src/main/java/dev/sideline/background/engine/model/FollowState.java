package dev.sideline.background.engine.model;

import java.util.ArrayList;
import java.util.List;

/** Which tasks start when a task has ended, and how many have to end before it starts itself. */
public final class FollowState {

  private List<LiveTask> followers = List.of();
  private int awaited;

  /** How many tasks have to end before it may start. */
  int awaited() {
    return awaited;
  }

  public void await(int tasks) {
    awaited = tasks;
  }

  /** One of them has ended; tells whether that was the last. */
  public boolean awaitOneLess() {
    awaited--;
    return awaited == 0;
  }

  public void addFollower(LiveTask live) {
    if (followers.isEmpty()) {
      followers = new ArrayList<>(1);
    }
    followers.add(live);
  }

  /** Takes out the tasks that start when it has ended. */
  public List<LiveTask> takeFollowers() {
    List<LiveTask> taken = followers;
    followers = List.of();
    return taken;
  }
}
