package dev.sideline.background.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;

/**
 * The tables, as numbered scripts. Each is carried out once, in a transaction, and remembered with
 * its checksum; none is ever changed after it was released.
 */
final class SchemaVersions {

  private static final List<String> SCRIPTS = List.of("1-tasks.sql");

  private SchemaVersions() {}

  /**
   * Brings a database to the version of this plugin.
   *
   * @return that version
   * @throws StoreException if it is of a newer one, or of another making
   */
  static int migrate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS sideline_schema"
              + " (version INTEGER NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)");
    }
    connection.commit();
    int present = check(connection);
    for (int version = present + 1; version <= SCRIPTS.size(); version++) {
      carryOut(connection, version);
    }
    return SCRIPTS.size();
  }

  /** Compares what was carried out with what there is; tells how much that was. */
  private static int check(Connection connection) throws SQLException {
    int present = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT version, checksum FROM sideline_schema ORDER BY version")) {
      while (rows.next()) {
        present++;
        int version = rows.getInt(1);
        if (version > SCRIPTS.size()) {
          throw new StoreException(
              "the record of tasks is of a newer version ("
                  + version
                  + ") than this one knows ("
                  + SCRIPTS.size()
                  + "); use the newer version, or another data directory");
        }
        if (version != present || !checksum(script(version)).equals(rows.getString(2))) {
          throw new StoreException(
              "the tables of the record of tasks were not made by this program (script "
                  + version
                  + " was another); use another data directory");
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
            "INSERT INTO sideline_schema (version, checksum) VALUES (?, ?)")) {
      done.setInt(1, version);
      done.setString(2, checksum(script));
      done.executeUpdate();
    }
    connection.commit();
  }

  private static String script(int version) {
    String name = SCRIPTS.get(version - 1);
    try (InputStream script = SchemaVersions.class.getResourceAsStream(name)) {
      if (script == null) {
        throw new StoreException("the plugin's jar has lost " + name);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new StoreException("the plugin's jar cannot be read: " + name, e);
    }
  }

  private static String checksum(String script) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
