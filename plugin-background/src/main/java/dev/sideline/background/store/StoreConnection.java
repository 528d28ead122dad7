package dev.sideline.background.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection to a database, opened when it is needed, and the thread that works on it. */
final class StoreConnection {

  /** What is done in a transaction. */
  interface Work<T> {
    T with(Connection open) throws SQLException;
  }

  /** What is done with a connection, which may fail. */
  interface Call<T> {
    T call() throws SQLException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);

  private final DataSource database;
  private final Executor thread;

  /** Of the thread alone; null when there is none, or it is of no use any more. */
  private @Nullable Connection connection;

  private boolean closed;

  StoreConnection(DataSource database, Executor thread) {
    this.database = database;
    this.thread = thread;
  }

  /** Has something done on the thread. */
  <T> CompletableFuture<T> submit(Call<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (SQLException e) {
            result.completeExceptionally(new StoreException(DatabaseErrors.describe(e), e));
          } catch (Throwable thrown) {
            // Whoever waits for it is told, whatever it was.
            result.completeExceptionally(thrown);
          }
        });
    return result;
  }

  /**
   * Does some work and commits; on the thread. Whatever breaks it off, what is left of it goes as a
   * whole.
   */
  <T> T inTransaction(Work<T> work) throws SQLException {
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

  /** Lets go of it, after all that was submitted before; completes when that is done. */
  CompletableFuture<Boolean> close() {
    return submit(
        () -> {
          closed = true;
          disconnect();
          return true;
        });
  }
}
