package dev.sideline.host.embedded.store;

import dev.sideline.host.DatabaseTables;
import dev.sideline.host.UnfitTablesException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The tables of the record of sessions. */
final class SessionTables {

  private static final DatabaseTables TABLES =
      new DatabaseTables(
          "the record of sessions",
          "sideline_session_schema",
          SessionTables.class,
          List.of("1-sessions.sql"));

  private SessionTables() {}

  /**
   * Brings a database to the version of this program.
   *
   * @throws SessionStoreException if it is of a newer one, or of another making
   */
  static void migrate(Connection connection) throws SQLException {
    try {
      TABLES.migrate(connection);
    } catch (UnfitTablesException e) {
      throw new SessionStoreException(String.valueOf(e.getMessage()), e);
    }
  }
}
