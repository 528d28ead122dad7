package dev.sideline.background.text;

import dev.sideline.api.PendingRequest;
import dev.sideline.api.Usage;
import dev.sideline.background.task.Progress;
import dev.sideline.background.task.SampleTasks;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskStatus;
import java.util.List;

/** Tasks that ask something, as tests need them. */
public final class Requests {

  private Requests() {}

  public static PendingRequest permission(String id, String text) {
    return new PendingRequest(
        id, "ses_bg_1", PendingRequest.Kind.PERMISSION, text, List.of("allow", "always", "reject"));
  }

  public static PendingRequest question(String id, String text, String... options) {
    return new PendingRequest(id, "ses_bg_1", PendingRequest.Kind.QUESTION, text, List.of(options));
  }

  /** A task that waits for answers to these. */
  public static Task asking(String id, PendingRequest... requests) {
    return SampleTasks.running(id)
        .withStatus(TaskStatus.INPUT_REQUIRED)
        .withProgress(
            new Progress(1, "bash", 1_000, Usage.NONE, "an answer", 0, false, List.of(requests)));
  }

  /** A task that has given no sign of life since the first second. */
  public static Task silent(String id) {
    return SampleTasks.running(id)
        .withProgress(new Progress(2, "grep", 1_000, Usage.NONE, null, 0, true, List.of()));
  }
}
