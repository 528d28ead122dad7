package dev.sideline.background.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a task came to be, and what it follows on.
 *
 * @param after the tasks that have to end before it starts
 * @param resumes the task in whose session it goes on, which has ended; null if it has a session of
 *     its own
 * @param adopted whether nobody launched it: its session was created by the host itself
 */
public record Provenance(List<TaskId> after, @Nullable TaskId resumes, boolean adopted) {

  /** Launched on its own. */
  public static final Provenance LAUNCHED = new Provenance(List.of(), null, false);

  /** Found at work. */
  public static final Provenance ADOPTED = new Provenance(List.of(), null, true);

  public Provenance {
    after = List.copyOf(after);
  }

  /** Launched to follow on other tasks, or on none. */
  public static Provenance following(List<TaskId> after, @Nullable TaskId resumes) {
    return after.isEmpty() && resumes == null ? LAUNCHED : new Provenance(after, resumes, false);
  }
}
