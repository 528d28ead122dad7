package dev.sideline.background.task;

import java.util.List;
import java.util.Objects;

/**
 * What a parent is owed: the word that tasks of its have ended, or need it.
 *
 * @param parent the session that is told
 * @param messageId the id that its message will have in the parent; the same at every try, so that
 *     a host which knows message ids delivers it once
 * @param announced the tasks that it announces, in the order in which they ended; each task is
 *     announced by one notice only
 * @param finished all tasks that have ended since the parent was last woken for that, the announced
 *     ones among them; empty while others are live
 * @param attention tasks that wait for an answer, or give no sign of life, as they stood when the
 *     notice was made; each is told once for each reason
 * @param stillRunning how many tasks of the parent are still live
 * @param wake whether the parent is set to work
 */
public record Notice(
    String parent,
    String messageId,
    List<Task> announced,
    List<Task> finished,
    List<Task> attention,
    int stillRunning,
    boolean wake) {

  public Notice {
    Objects.requireNonNull(parent, "parent");
    Objects.requireNonNull(messageId, "messageId");
    announced = List.copyOf(announced);
    finished = List.copyOf(finished);
    attention = List.copyOf(attention);
  }

  /** The same notice under a new message id; only for one that is known not to have arrived. */
  public Notice withMessageId(String fresh) {
    return new Notice(parent, fresh, announced, finished, attention, stillRunning, wake);
  }
}
