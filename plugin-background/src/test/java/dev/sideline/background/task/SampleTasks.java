package dev.sideline.background.task;

import java.util.List;

/** Tasks as tests need them. Times are small numbers: a task is created at 0. */
public final class SampleTasks {

  private SampleTasks() {}

  public static TaskSpec spec(String description) {
    return new TaskSpec(description, "the prompt", "worker", null, null, null, null);
  }

  /** A task of the session {@code parent} that waits for its slot. */
  public static Task pending(String id) {
    return pending(id, "count the files", "parent");
  }

  public static Task pending(String id, String description, String... ancestors) {
    return Task.pending(
        new TaskId(id),
        List.of(ancestors),
        spec(description),
        LaunchOptions.NONE,
        Provenance.LAUNCHED,
        null,
        0);
  }

  /** A task of the session {@code parent} that is at work in a session of its own. */
  public static Task running(String id) {
    return pending(id).started(0).activated("ses_" + id, "msg_1").withStatus(TaskStatus.RUNNING);
  }

  /** A task that has answered. */
  public static Task completed(String id, long settledMillis, String text) {
    return ended(id, settledMillis, new Outcome(Outcome.Reason.OK, null, text, 0));
  }

  public static Task ended(String id, long settledMillis, Outcome outcome) {
    return running(id).settled(outcome, settledMillis, Progress.NONE);
  }
}
