package dev.sideline.api;

import org.jspecify.annotations.Nullable;

/**
 * Something that a plugin tells its host. Not sealed: a host ignores the kinds that it does not
 * know.
 */
public interface PluginEvent {

  /**
   * A background task has moved to another state.
   *
   * @param taskId the task
   * @param parentSessionId the session that launched it
   * @param childSessionId the session that it runs in; null before that session exists
   * @param description what the task is about, in a few words
   * @param status the new state, in lower case: {@code pending}, {@code starting}, {@code running},
   *     {@code retrying}, {@code input_required}, {@code cancelling}, {@code completed}, {@code
   *     failed}, {@code cancelled}
   * @param reason why, once it has ended: {@code ok}, {@code empty}, {@code session_error} and so
   *     on; null while it is live
   */
  record TaskChanged(
      String taskId,
      String parentSessionId,
      @Nullable String childSessionId,
      String description,
      String status,
      @Nullable String reason)
      implements PluginEvent {}
}
