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
   * Records changes, all or none, in the order of their components. When the stage completes they
   * survive a crash, as far as this store promises that. Changes that have perhaps been recorded
   * already may come again. Rows that are to be changed and are not there do no harm.
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
   * @param tasks tasks as they were last recorded
   * @param owed notices that are not delivered, with their tasks as they were last recorded
   */
  record Contents(List<StoredTask> tasks, List<Notice> owed) {}

  /**
   * A task in a store.
   *
   * @param version the number of its state; see {@link Changes.TaskStateRow}
   * @param owner who records it, of all that record in the same store
   */
  record StoredTask(Task task, long version, String owner) {}
}
