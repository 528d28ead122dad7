package dev.sideline.background.task;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Under what conditions a task runs: what its caller asked for, and what holds by default.
 *
 * @param priority of the tasks of one parent the higher go first; 0 by default
 * @param notification how its parent is told that it has ended
 * @param timeoutMillis how long it may take from its start to its end; 0 for as long as it likes
 * @param stallMillis how long it may give no sign of life before that is told; 0 for ever
 * @param budget what it may use
 * @param idempotencyKey the caller's own name for this launch: with the same key, it is made once;
 *     null if it has none
 * @param requestedBy who wanted it, in the caller's words; null if it did not say
 */
public record LaunchOptions(
    int priority,
    Notify notification,
    long timeoutMillis,
    long stallMillis,
    Budget budget,
    @Nullable String idempotencyKey,
    @Nullable String requestedBy) {

  public LaunchOptions {
    Objects.requireNonNull(notification, "notification");
    Objects.requireNonNull(budget, "budget");
  }

  /** No conditions at all. */
  public static final LaunchOptions NONE =
      new LaunchOptions(0, Notify.EACH, 0, 0, Budget.UNLIMITED, null, null);

  /** How a parent is told that a task has ended. */
  public enum Notify {
    /** Of each that ends; it is set to work when the last of its tasks has ended. */
    EACH,
    /** Once, when the last of its tasks has ended. */
    ALL,
    /** Not at all. */
    SILENT
  }
}
