package dev.sideline.host.embedded.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables, as numbered scripts. Each is carried out once, in a transaction, and remembered with
 * its checksum; none is ever changed after it was released.
 */
final class SessionTables {

  private static final List<String> SCRIPTS = List.of("1-sessions.sql");

  private SessionTables() {}

  /**
   * Brings a database to the version of this program.
   *
   * @throws SessionStoreException if it is of a newer one, or of another making
   */
  static void migrate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS sideline_session_schema"
              + " (version INTEGER NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)");
    }
    connection.commit();
    int present = check(connection);
    for (int version = present + 1; version <= SCRIPTS.size(); version++) {
      carryOut(connection, version);
    }
  }

  /** Compares what was carried out with what there is; tells how much that was. */
  private static int check(Connection connection) throws SQLException {
    int present = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT version, checksum FROM sideline_session_schema ORDER BY version")) {
      while (rows.next()) {
        present++;
        int version = rows.getInt(1);
        if (version > SCRIPTS.size()) {
          throw new SessionStoreException(
              String.format(
                  "the record of sessions is of a newer version (%d) than this one knows (%d);"
                      + " use the newer version, or another data directory",
                  version, SCRIPTS.size()),
              null);
        }
        if (version != present || !checksum(script(version)).equals(rows.getString(2))) {
          throw new SessionStoreException(
              String.format(
                  "the tables of the record of sessions were not made by this program (script %d"
                      + " was another); use another data directory",
                  version),
              null);
        }
      }
    }
    return present;
  }

  private static void carryOut(Connection connection, int version) throws SQLException {
    String script = script(version);
    try (Statement statement = connection.createStatement()) {
      for (String command : script.replaceAll("(?m)^--.*$", "").split(";", -1)) {
        if (!command.isBlank()) {
          statement.execute(command);
        }
      }
    }
    try (PreparedStatement done =
        connection.prepareStatement(
            "INSERT INTO sideline_session_schema (version, checksum) VALUES (?, ?)")) {
      done.setInt(1, version);
      done.setString(2, checksum(script));
      done.executeUpdate();
    }
    connection.commit();
  }

  private static String checksum(String script) {
    return StoredWorkplace.of(script).id();
  }

  private static String script(int version) {
    String name = SCRIPTS.get(version - 1);
    try (InputStream script = SessionTables.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new SessionStoreException("the program's jar has lost " + name, null);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new SessionStoreException("the program's jar cannot be read: " + name, e);
    }
  }
}
