package dev.sideline.background.store;

import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Recorded;
import dev.sideline.background.task.TaskId;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A record in a database, on one connection for all that is written. How durable a commit is, is
 * the database's to say: for SQLite, {@code synchronous=FULL} of whoever opens it.
 *
 * <p>The SQL is the same for SQLite and PostgreSQL.
 */
public final class JdbcTaskStore implements TaskStore {

  /** What is done in a transaction. */
  private interface Work<T> {
    T with(Connection open) throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(JdbcTaskStore.class);

  /** How long what is being written may take when the host ends. */
  private static final long LAST_ROWS_SECONDS = 10;

  private final DataSource database;
  private final String owner;
  private final int maxFinished;
  private final Executor writer;

  /** Of the writer alone; null when there is none, or it is of no use any more. */
  private @Nullable Connection connection;

  private boolean closed;

  /**
   * Opens it, and makes its tables if they are not there.
   *
   * @param owner the name under which it records
   * @param maxFinished how many finished tasks are loaded at most, the newest
   * @param writer carries out one thing after the other, on a thread that may wait for a disk
   * @throws StoreException if it cannot be used; its message says what to do
   */
  public JdbcTaskStore(DataSource database, String owner, int maxFinished, Executor writer) {
    this.database = database;
    this.owner = owner;
    this.maxFinished = maxFinished;
    this.writer = writer;
    try {
      int version = inTransaction(SchemaVersions::migrate);
      LOG.debug("The record of tasks is of version {}", version);
    } catch (SQLException e) {
      throw new StoreException(DatabaseErrors.describe(e), e);
    }
  }

  @Override
  public CompletionStage<SaveResult> save(Changes changes) {
    return onWriter(() -> write(changes));
  }

  @Override
  public CompletionStage<Recorded> load() {
    return onWriter(
        () -> {
          try {
            return inTransaction(open -> new RowReader(open, owner).load(maxFinished));
          } catch (SQLException e) {
            throw new StoreException(DatabaseErrors.describe(e), e);
          }
        });
  }

  private <T> CompletableFuture<T> onWriter(Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    writer.execute(
        () -> {
          try {
            result.complete(work.get());
          } catch (Throwable thrown) {
            // Whoever waits for it is told, whatever it was.
            result.completeExceptionally(thrown);
          }
        });
    return result;
  }

  private SaveResult write(Changes changes) {
    try {
      return inTransaction(open -> write(open, changes));
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

  /** Does some work and commits. Whatever breaks it off, what is left of it goes as a whole. */
  private <T> T inTransaction(Work<T> work) throws SQLException {
    boolean done = false;
    try {
      Connection open = connection();
      T result = work.with(open);
      open.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        // Its locks and its rows with it: the next begins on a connection of its own.
        disconnect();
      }
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new SQLException("the record is closed");
    }
    if (connection == null) {
      Connection opened = database.getConnection();
      try {
        opened.setAutoCommit(false);
      } catch (SQLException e) {
        opened.close();
        throw e;
      }
      connection = opened;
    }
    return connection;
  }

  private void disconnect() {
    Connection broken = connection;
    connection = null;
    if (broken != null) {
      try {
        broken.close();
      } catch (SQLException e) {
        LOG.debug("A connection that had failed could not be closed: {}", e.getMessage());
      }
    }
  }

  @Override
  public void close() {
    CompletableFuture<@Nullable Void> ended =
        onWriter(
            () -> {
              closed = true;
              disconnect();
              return null;
            });
    try {
      ended.get(LAST_ROWS_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOG.warn("The database did not let go of the record within {} s", LAST_ROWS_SECONDS);
    } catch (ExecutionException e) {
      LOG.warn("The record could not be closed: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
