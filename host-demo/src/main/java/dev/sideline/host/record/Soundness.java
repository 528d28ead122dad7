package dev.sideline.host.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a database is one of ours, and whole. Changes nothing. */
final class Soundness {

  private static final Logger LOG = LoggerFactory.getLogger(Soundness.class);

  /** Stands in the head of each of our databases: {@code SdLn}. */
  private static final int OURS = 0x53644c6e;

  private static final byte[] START = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER = 100;
  private static final int APPLICATION = 68;

  /** What is larger is not looked through at each start, which would take seconds. */
  private static final long LOOKED_THROUGH = 1L << 30;

  /** How much is told of what is wrong. */
  private static final int FINDINGS = 20;

  private Soundness() {}

  /**
   * Looks at the file before SQLite does, which would make a log that is broken off good by
   * forgetting the rest.
   *
   * @param file exists; nobody has it open
   * @throws RecordException if it is another's, or damaged
   */
  static void lookAtFile(Path file) throws IOException {
    byte[] header;
    try (InputStream in = Files.newInputStream(file)) {
      header = in.readNBytes(HEADER);
    }
    if (header.length > 0) {
      if (header.length < HEADER
          || !ByteBuffer.wrap(header, 0, 16).equals(ByteBuffer.wrap(START))) {
        throw isBlank(header)
            ? Problems.damaged(file, "its first page is gone", null)
            : Problems.foreign(file, "it is no database of SQLite", null);
      }
      int application = ByteBuffer.wrap(header).getInt(APPLICATION);
      if (application != OURS && application != 0) {
        throw Problems.foreign(file, "another program has made this database", null);
      }
    }
    WalFile.Content log = WalFile.of(file).content();
    if (log.cut()) {
      LOG.warn(
          "The end of the log of {} is missing, as after a loss of power; all before it is there",
          file);
    }
    if (log.damaged()) {
      throw Problems.damaged(
          file, log.behind() + " commits stand behind a part of its log that is broken", null);
    }
  }

  private static boolean isBlank(byte[] bytes) {
    for (byte value : bytes) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Makes a new database ours.
   *
   * @throws RecordException if it is another's
   */
  static void claim(Path file, Connection connection) throws SQLException {
    long application = number(connection, "PRAGMA application_id");
    if (application == OURS) {
      return;
    }
    long strangers =
        number(
            connection,
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%'"
                + " ESCAPE '\\' AND name NOT LIKE 'sideline\\_%' ESCAPE '\\'");
    if (application != 0 || strangers > 0) {
      throw Problems.foreign(file, "another program has made this database", null);
    }
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA application_id = " + OURS);
    }
  }

  /**
   * Looks through the pages quickly, if there are not too many.
   *
   * @throws RecordException if they do not fit together
   */
  static void lookThrough(Path file, Connection connection) throws IOException, SQLException {
    if (Files.size(file) <= LOOKED_THROUGH) {
      List<String> wrong = findings(connection, "PRAGMA quick_check(1)");
      if (!wrong.isEmpty()) {
        throw Problems.damaged(file, wrong.get(0), null);
      }
    }
  }

  /** All that is wrong with the pages, the rows and the indexes; empty for nothing. */
  static List<String> findings(Connection connection) throws SQLException {
    return findings(connection, "PRAGMA integrity_check(" + FINDINGS + ")");
  }

  private static List<String> findings(Connection connection, String sql) throws SQLException {
    List<String> wrong = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        String line = rows.getString(1);
        if (!"ok".equals(line)) {
          // The first line names the database, which is always the same.
          wrong.add(line.replaceFirst("(?s)^\\*\\*\\* in database \\w+ \\*\\*\\*\\n", "").strip());
        }
      }
    }
    return wrong;
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
