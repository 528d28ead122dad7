package dev.sideline.host.embedded;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
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
