package dev.sideline.host;

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
 * The tables of a database, as numbered scripts. Each is carried out once, in a transaction, and
 * remembered with its checksum; none is ever changed after it was released.
 *
 * @param what is kept there, in words: {@code the record of sessions}
 * @param versions the table that remembers the scripts
 * @param beside the class beside which they lie in the jar
 * @param scripts their names, the first one first
 */
public record DatabaseTables(String what, String versions, Class<?> beside, List<String> scripts) {

  public DatabaseTables {
    scripts = List.copyOf(scripts);
  }

  /**
   * Brings a database to the version of this program.
   *
   * @param connection does not commit by itself
   * @throws UnfitTablesException if it is of a newer one, or of another making
   */
  public void migrate(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS "
              + versions
              + " (version INTEGER NOT NULL PRIMARY KEY, checksum TEXT NOT NULL)");
    }
    connection.commit();
    int present = check(connection);
    for (int version = present + 1; version <= scripts.size(); version++) {
      carryOut(connection, version);
    }
  }

  /** Compares what was carried out with what there is; tells how much that was. */
  private int check(Connection connection) throws SQLException {
    int present = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT version, checksum FROM " + versions + " ORDER BY version")) {
      while (rows.next()) {
        present++;
        int version = rows.getInt(1);
        if (version > scripts.size()) {
          throw new UnfitTablesException(
              String.format(
                  "%s is of a newer version (%d) than this one knows (%d);"
                      + " use the newer version, or another data directory",
                  what, version, scripts.size()),
              null);
        }
        if (version != present || !checksum(script(version)).equals(rows.getString(2))) {
          throw new UnfitTablesException(
              String.format(
                  "the tables of %s were not made by this program (script %d was another);"
                      + " use another data directory",
                  what, version),
              null);
        }
      }
    }
    return present;
  }

  private void carryOut(Connection connection, int version) throws SQLException {
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
            "INSERT INTO " + versions + " (version, checksum) VALUES (?, ?)")) {
      done.setInt(1, version);
      done.setString(2, checksum(script));
      done.executeUpdate();
    }
    connection.commit();
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

  private String script(int version) {
    String name = scripts.get(version - 1);
    try (InputStream script = beside.getResourceAsStream(name)) {
      if (script == null) {
        throw new UnfitTablesException("the program's jar has lost " + name, null);
      }
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UnfitTablesException("the program's jar cannot be read: " + name, e);
    }
  }
}
