package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.task.Task;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The record of tasks and owed notices.
 *
 * <p>{@link #save} is called from one thread, in order, and not again before an earlier one has
 * completed. The other methods may be called from any thread.
 *
 * <p>What promises something (that a task is launched, that a message is kept) and what the host is
 * asked to do (create a session, prompt it, tell a parent, answer a request) waits until its
 * changes are recorded. Nothing else does: while a store is slow or down, tasks can be listed, read
 * and stopped, and launches are refused. Changes that come meanwhile are merged, so that there is
 * at most one row of each kind for each task.
 *
 * <p>A store records for one owner: whoever opens it gives it a name, which it writes into the rows
 * of new tasks. It changes the rows of that owner alone, and only to a higher version; it answers
 * {@link SaveResult.Fenced} when a row has become another's.
 */
public interface TaskStore extends AutoCloseable {

  /**
   * Records changes, all or none, in the order of their components. When the stage completes with
   * {@link SaveResult.Done}, they survive a crash, as far as this store promises that. A stage that
   * fails, and a store that throws, count as {@link SaveResult.TryAgain}: so changes may come again
   * that have been recorded, and are then recorded once. Rows that are to be changed and are not
   * there do no harm.
   *
   * <p>A stage that does not complete within some seconds counts as failing, as far as others wait
   * for it; what it completes with counts when it does.
   */
  CompletionStage<SaveResult> save(Changes changes);

  /** What an engine begins with: all that is live or owed, and the newest that is finished. */
  CompletionStage<Recorded> load();

  /**
   * Whether what is recorded outlives the process, and can be read until then: so finished tasks
   * need not stay in memory, and live ones are gone on with by whoever opens it next.
   */
  default boolean isDurable() {
    return false;
  }

  /**
   * Looks for finished tasks that are owed to nobody. May be called at any time, from any thread;
   * is done beside what is being recorded. Fails if it cannot be read, with words for a person in
   * the message.
   */
  default CompletionStage<Lookup.Found> find(Lookup lookup) {
    return CompletableFuture.completedStage(Lookup.Found.NOTHING);
  }

  /**
   * A page of the finished tasks that are owed to nobody, newest first.
   *
   * @param beforeNumber those whose {@link Task#number} is lower
   * @param limit how many at most
   */
  default CompletionStage<List<Task>> page(long beforeNumber, int limit) {
    return CompletableFuture.completedStage(List.of());
  }

  /** Forgets the finished tasks that are owed to nobody and ended before a time; tells how many. */
  default CompletionStage<Integer> purge(long endedBeforeMillis) {
    return CompletableFuture.completedStage(0);
  }

  /** Lets go of what the store holds open. */
  @Override
  void close();
}
