package dev.sideline.background.store;

import dev.sideline.background.engine.Changes;
import dev.sideline.background.task.Notice;
import dev.sideline.background.task.Task;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The record of tasks and owed notices.
 *
 * <p>{@link #save} is called from one thread, in order, perhaps again before an earlier one has
 * completed; a store completes them in that order, and may commit several together. The other
 * methods may be called from any thread.
 */
public interface TaskStore extends AutoCloseable {

  /**
   * Records changes, all or none: first what is saved and owed, then what is delivered and
   * forgotten. When the stage completes they survive a crash, as far as this store promises that.
   */
  CompletionStage<Void> save(Changes changes);

  /** Everything that is recorded. */
  CompletionStage<Contents> load();

  /** Lets go of what the store holds open. */
  @Override
  void close();

  /**
   * What a store holds.
   *
   * @param tasks tasks as they were last saved
   * @param owed notices that are not delivered
   */
  record Contents(List<Task> tasks, List<Notice> owed) {}
}
