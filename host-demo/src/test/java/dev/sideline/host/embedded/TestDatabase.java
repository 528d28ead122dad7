package dev.sideline.host.embedded;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** A database in a folder whose commits can be counted, held up and made to fail. */
final class TestDatabase {

  private final Path file;
  private final SQLiteDataSource driver;
  private final AtomicInteger commits = new AtomicInteger();
  private final AtomicInteger read = new AtomicInteger();
  private final AtomicInteger mostRead = new AtomicInteger();
  private boolean held;
  private SQLiteErrorCode failure;

  TestDatabase(Path folder) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    file = folder.resolve("sessions.db");
    driver = new SQLiteDataSource(config);
    driver.setUrl("jdbc:sqlite:" + file);
  }

  DataSource source() {
    return proxy(
        DataSource.class,
        (self, method, arguments) ->
            method.getName().equals("getConnection")
                ? connection(driver.getConnection())
                : call(() -> method.invoke(driver, arguments)));
  }

  private Connection connection(Connection real) {
    return proxy(
        Connection.class,
        (self, method, arguments) -> {
          if (method.getName().equals("commit")) {
            beforeCommit();
          }
          Object result = call(() -> method.invoke(real, arguments));
          return result instanceof PreparedStatement statement ? counted(statement) : result;
        });
  }

  private PreparedStatement counted(PreparedStatement real) {
    return proxy(
        PreparedStatement.class,
        (self, method, arguments) -> {
          Object result = call(() -> method.invoke(real, arguments));
          return result instanceof ResultSet rows ? counted(rows) : result;
        });
  }

  private ResultSet counted(ResultSet real) {
    return proxy(
        ResultSet.class,
        (self, method, arguments) -> {
          if (method.getName().equals("next")) {
            mostRead.accumulateAndGet(read.incrementAndGet(), Math::max);
          }
          return call(() -> method.invoke(real, arguments));
        });
  }

  private synchronized void beforeCommit() throws SQLException, InterruptedException {
    while (held) {
      wait();
    }
    if (failure != null) {
      throw new SQLiteException("made to fail", failure);
    }
    commits.incrementAndGet();
    read.set(0);
  }

  /** From now on commits wait. */
  synchronized void hold() {
    held = true;
  }

  synchronized void release() {
    held = false;
    notifyAll();
  }

  /** From now on commits fail; null for no longer. */
  synchronized void fail(SQLiteErrorCode how) {
    failure = how;
  }

  /** How many rows were read at most between two commits, about. */
  int mostRead() {
    return mostRead.get();
  }

  int commits() {
    return commits.get();
  }

  /** The one number that a query tells. */
  long number(String query) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Does something to what is there. */
  void change(String command) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(command);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private interface Call {
    Object get() throws ReflectiveOperationException;
  }

  private static Object call(Call call) throws Throwable {
    try {
      return call.get();
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
