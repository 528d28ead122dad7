package dev.sideline.host.record;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Records to be spoilt: a table {@code kept} with numbered rows. */
final class Records {

  private Records() {}

  /** Rows in the database itself, without a log. */
  static void inDatabase(Path folder, int rows) throws SQLException {
    try (DataDirectory data = DataDirectory.claim(folder, "1.0");
        Connection connection = data.database("tasks").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, value TEXT NOT NULL)");
      statement.execute(numbered(rows));
      statement.execute("CREATE INDEX by_value ON kept (value)");
    }
  }

  /** Commits of a process that was killed, so that they are in the log alone. */
  static void inLog(Path folder, int commits) throws IOException {
    try (OwnerProcess owner = OwnerProcess.start(folder)) {
      expect("claimed", owner.says());
      owner.tell("CREATE TABLE kept (id INTEGER PRIMARY KEY, value TEXT NOT NULL)");
      expect("done", owner.says());
      commit(owner, commits);
    }
  }

  /** The same, on top of what is in the database. */
  static void moreInLog(Path folder, int commits) throws IOException {
    try (OwnerProcess owner = OwnerProcess.start(folder)) {
      expect("claimed", owner.says());
      commit(owner, commits);
    }
  }

  private static void commit(OwnerProcess owner, int commits) throws IOException {
    for (int i = 0; i < commits; i++) {
      owner.tell("INSERT INTO kept (value) VALUES ('" + "row ".repeat(50) + "')");
      expect("done", owner.says());
    }
    owner.kill();
  }

  private static String numbered(int rows) {
    return "INSERT INTO kept (value) WITH RECURSIVE n(i) AS"
        + " (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
        + rows
        + ") SELECT 'row ' || i || ' ' || hex(zeroblob(100)) FROM n";
  }

  private static void expect(String wanted, String said) {
    if (!wanted.equals(said)) {
      throw new AssertionError("it said " + said);
    }
  }

  static long count(DataSource database) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept NOT INDEXED")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** Writes into the middle of a file, as a disk that fails does. */
  static void overwrite(Path file, long at, byte[] bytes) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.seek(at);
      disk.write(bytes);
    }
  }

  static byte byteAt(Path file, long at) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "r")) {
      disk.seek(at);
      return disk.readByte();
    }
  }

  static void cutTo(Path file, long bytes) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(bytes);
    }
  }
}
