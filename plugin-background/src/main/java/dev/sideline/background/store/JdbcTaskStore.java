package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Lookup;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.task.Task;
import dev.sideline.background.task.TaskId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record in a database: on one connection for all that is written, and another for what is read
 * beside it. How durable a commit is, is the database's to say: for SQLite, {@code
 * synchronous=FULL} of whoever opens it.
 *
 * <p>The SQL is the same for SQLite and PostgreSQL.
 */
public final class JdbcTaskStore implements TaskStore {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcTaskStore.class);

  /** How long what is being written may take when the host ends. */
  private static final long LAST_ROWS_SECONDS = 10;

  /** Between two looks at whether something was kept long enough. */
  private static final long PURGE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final String owner;
  private final KeptRows kept;
  private final StoreConnection writer;
  private final StoreConnection reader;
  private final Runnable closed;

  /** When it was looked last; of the writer alone. */
  private long purgedNanos;

  /**
   * Opens it, and makes its tables if they are not there.
   *
   * @param owner the name under which it records
   * @param writer carries out one thing after the other, on a thread that may wait for a disk
   * @param reader likewise; may be the same
   * @param closed called at the end, when neither is used any more
   * @throws StoreException if it cannot be used; its message says what to do
   */
  public JdbcTaskStore(
      DataSource database,
      String owner,
      KeptRows kept,
      Executor writer,
      Executor reader,
      Runnable closed) {
    this.owner = owner;
    this.closed = closed;
    this.kept = kept;
    this.writer = new StoreConnection(database, writer);
    this.reader = new StoreConnection(database, reader);
    try {
      int version = this.writer.inTransaction(SchemaVersions::migrate);
      LOG.debug("The record of tasks is of version {}", version);
    } catch (SQLException e) {
      throw new StoreException(DatabaseErrors.describe(e), e);
    }
  }

  // --- what is written

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    return writer.submit(() -> write(changes));
  }

  private SaveResult write(Changes changes) {
    try {
      SaveResult result = writer.inTransaction(open -> write(open, changes));
      purgeInTime();
      return result;
    } catch (SQLException e) {
      return DatabaseErrors.isForGood(e)
          ? new SaveResult.Never(DatabaseErrors.describe(e), Set.of())
          : new SaveResult.TryAgain(DatabaseErrors.describe(e));
    }
  }

  private SaveResult write(Connection open, Changes changes) throws SQLException {
    Set<TaskId> fenced = new RowWriter(open, owner).write(changes);
    if (fenced.isEmpty()) {
      return SaveResult.DONE;
    }
    open.rollback();
    return new SaveResult.Fenced(fenced);
  }

  // --- what is read

  @Override
  public CompletionStage<Recorded> load() {
    return writer.submit(
        () -> {
          Recorded recorded =
              writer.inTransaction(open -> new RowReader(open, owner).load(kept.loaded()));
          purge();
          return recorded;
        });
  }

  @Override
  public boolean isDurable() {
    return true;
  }

  @Override
  public CompletionStage<Lookup.Found> find(Lookup lookup) {
    return reader.submit(
        () -> reader.inTransaction(open -> new RowReader(open, owner).find(lookup)));
  }

  @Override
  public CompletionStage<List<Task>> page(long beforeNumber, int limit) {
    return reader.submit(
        () -> reader.inTransaction(open -> new RowReader(open, owner).closed(beforeNumber, limit)));
  }

  // --- what is kept no longer

  @Override
  public CompletionStage<Integer> purge(long endedBeforeMillis) {
    return allOf(open -> new RowPurge(open, owner).endedBefore(endedBeforeMillis), 0);
  }

  /**
   * Purges until nothing is left to be; some at a time, and what is being recorded comes between.
   */
  private CompletionStage<Integer> allOf(StoreConnection.Work<Integer> some, int already) {
    return writer
        .submit(() -> writer.inTransaction(some))
        .thenCompose(
            purged ->
                purged == 0
                    ? CompletableFuture.completedStage(already)
                    : allOf(some, already + purged));
  }

  private void purgeInTime() {
    if (System.nanoTime() - purgedNanos >= PURGE_NANOS) {
      purge();
    }
  }

  /** What is too old, too many or too long goes; what fails is tried again in an hour. */
  private void purge() {
    purgedNanos = System.nanoTime();
    CompletionStage<Integer> unused =
        allOf(this::purgeSome, 0)
            .whenComplete(
                (purged, failure) -> {
                  if (failure != null) {
                    LOG.warn("Old tasks stay recorded for now: {}", String.valueOf(failure));
                  }
                });
  }

  private int purgeSome(Connection open) throws SQLException {
    RowPurge purge = new RowPurge(open, owner);
    return purge.endedBefore(kept.keptSinceMillis())
        + purge.beyond(kept.recorded(), kept.recordedChars());
  }

  // --- the end

  @Override
  public void close() {
    try {
      await(reader.close());
      await(writer.close());
    } finally {
      closed.run();
    }
  }

  private static void await(CompletableFuture<Boolean> ended) {
    try {
      Boolean unused = ended.get(LAST_ROWS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.warn("The database did not let go of the record within {} s", LAST_ROWS_SECONDS);
    } catch (ExecutionException e) {
      LOG.warn("The record could not be closed: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
