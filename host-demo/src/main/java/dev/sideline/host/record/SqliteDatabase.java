package dev.sideline.host.record;

import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A file of SQLite, in the mode in which a commit is on the disk when it returns and readers and
 * one writer do not hinder each other. Each connection is a new one.
 *
 * <p>The file is never opened with Java's means once a connection is open: closing it again would
 * take SQLite's locks away. Thread-safe.
 */
final class SqliteDatabase implements DataSource {

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(SqliteDatabase.class);

  /** How long one writer waits for another. */
  private static final int BUSY_MILLIS = 10_000;

  /** The same for whoever begins. */
  private static final int OPENING_MILLIS = 2_000;

  /** What is left of the log of a large commit, once it has been carried over. */
  private static final int LOG_BYTES = 64 << 20;

  private final Path file;
  private final SQLiteDataSource driver;
  private final List<Connection> open = new ArrayList<>();
  private boolean closed;

  private SqliteDatabase(Path file) {
    this.file = file;
    this.driver = new SQLiteDataSource(config());
    this.driver.setUrl("jdbc:sqlite:" + file);
  }

  /**
   * Opens it, and makes it if it is not there. What is there is looked at first, and backed up if
   * another version was the last to have it.
   *
   * @param version of the program that will use it
   * @throws RecordException if it cannot be used; it is left as it is then
   */
  static SqliteDatabase open(Path file, String version) {
    try {
      boolean made = !Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      if (made) {
        create(file);
      }
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw Problems.foreign(file, "it is a link, a folder or a device", null);
      }
      Soundness.lookAtFile(file);
      return new SqliteDatabase(file).prepared(made, version);
    } catch (IOException e) {
      throw Problems.of(file, e);
    }
  }

  private SqliteDatabase prepared(boolean made, String version) throws IOException {
    Path mark = file.resolveSibling(file.getFileName() + ".version");
    try (Connection connection = connect()) {
      Soundness.claim(file, connection);
      if (!made) {
        Soundness.lookThrough(file, connection);
      }
      if (!made && Files.exists(mark) && !SmallFile.read(mark).strip().equals(version)) {
        LOG.info("{} is backed up, since another version had it", file);
        new Backups(file, Clock.systemUTC()).make(connection, Backups.Kind.BEFORE_UPGRADE);
      }
    } catch (SQLException e) {
      throw Problems.of(file, e);
    }
    try (Connection first = driver.getConnection()) {
      LOG.debug("{} is open, {}", file, first);
    } catch (SQLException e) {
      throw Problems.of(file, e);
    }
    if (!Files.exists(mark) || !SmallFile.read(mark).strip().equals(version)) {
      WholeFile.replaceSecret(mark, version + "\n");
    }
    return this;
  }

  /** A connection of its own, to look at a database that others may have open. */
  static Connection look(Path file) throws SQLException {
    return new SqliteDatabase(file).connect();
  }

  /** One that leaves the file in the mode that it is in: it may be another program's. */
  private Connection connect() throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(OPENING_MILLIS);
    SQLiteDataSource once = new SQLiteDataSource(config);
    once.setUrl(driver.getUrl());
    return once.getConnection();
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_MILLIS);
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setJournalSizeLimit(LOG_BYTES);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    return config;
  }

  /** Made here, since SQLite would let others read it; what it makes beside it is as this is. */
  static void create(Path file) throws IOException {
    WholeFile.createSecret(file, "");
    Path folder = file.getParent();
    if (folder != null && WholeFile.hasPosixPermissions(folder)) {
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      }
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    synchronized (open) {
      if (closed) {
        throw new SQLException("the data folder of " + file + " has been given back");
      }
      Connection connection = driver.getConnection();
      try {
        for (Connection other : List.copyOf(open)) {
          if (other.isClosed()) {
            open.remove(other);
          }
        }
        open.add(connection);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return connection;
    }
  }

  /** Closes the connections that are open; there are no new ones. Idempotent. */
  void close() {
    synchronized (open) {
      closed = true;
      for (Connection connection : open) {
        try {
          connection.close();
        } catch (SQLException e) {
          LOG.warn("A connection to {} could not be closed: {}", file, e.getMessage());
        }
      }
      open.clear();
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public PrintWriter getLogWriter() throws SQLException {
    throw new SQLFeatureNotSupportedException("it logs with SLF4J");
  }

  @Override
  public void setLogWriter(PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("it logs with SLF4J");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("there is no login");
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("it logs with SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("it is no " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
