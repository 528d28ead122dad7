package dev.sideline.host.owner;

import dev.sideline.host.Barrier;
import dev.sideline.host.DatabaseTables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import javax.sql.DataSource;

/**
 * What {@link SessionPlaces} has on the disk. What a method writes is committed when it returns, or
 * nothing of it. For one thread at a time.
 */
final class PlaceRows implements AutoCloseable {

  private static final DatabaseTables TABLES =
      new DatabaseTables(
          "what the owner has noted of sessions",
          "sideline_owner_schema",
          PlaceRows.class,
          List.of("1-owner.sql"));

  private static final String UPSERT_PLACE =
      "INSERT INTO sideline_place (session, root, noted) VALUES (?, ?, ?)"
          + " ON CONFLICT (session) DO UPDATE SET root = excluded.root, noted = excluded.noted";
  private static final String UPSERT_ROOT =
      "INSERT INTO sideline_root (session, runtime) VALUES (?, ?)"
          + " ON CONFLICT (session) DO UPDATE SET runtime = excluded.runtime";
  private static final String UPSERT_RUNTIME =
      "INSERT INTO sideline_runtime (name, project) VALUES (?, ?)"
          + " ON CONFLICT (name) DO UPDATE SET project = excluded.project";
  private static final String UPSERT_CONVERSATION =
      "INSERT INTO sideline_conversation (name, session, seen) VALUES (?, ?, ?)"
          + " ON CONFLICT (name) DO UPDATE SET session = excluded.session, seen = excluded.seen";

  /** Takes what is there. */
  interface Reader {
    void place(String session, String root, long notedMillis);

    void root(String session, String runtime);

    void runtime(String name, String project);

    void conversation(String name, String session, long seenMillis);
  }

  @FunctionalInterface
  private interface Change {
    void make() throws SQLException;
  }

  private final Connection database;

  private PlaceRows(Connection database) {
    this.database = database;
  }

  /**
   * Opens it.
   *
   * @throws dev.sideline.host.UnfitTablesException if it is of a newer version
   */
  static PlaceRows open(DataSource source) throws SQLException {
    Connection database = source.getConnection();
    boolean opened = false;
    try {
      database.setAutoCommit(false);
      TABLES.migrate(database);
      opened = true;
      return new PlaceRows(database);
    } finally {
      if (!opened) {
        database.close();
      }
    }
  }

  void read(Reader reader) throws SQLException {
    try (Statement statement = database.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("SELECT session, root, noted FROM sideline_place")) {
        while (rows.next()) {
          reader.place(rows.getString(1), rows.getString(2), rows.getLong(3));
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT session, runtime FROM sideline_root")) {
        while (rows.next()) {
          reader.root(rows.getString(1), rows.getString(2));
        }
      }
      try (ResultSet rows = statement.executeQuery("SELECT name, project FROM sideline_runtime")) {
        while (rows.next()) {
          reader.runtime(rows.getString(1), rows.getString(2));
        }
      }
      try (ResultSet rows =
          statement.executeQuery("SELECT name, session, seen FROM sideline_conversation")) {
        while (rows.next()) {
          reader.conversation(rows.getString(1), rows.getString(2), rows.getLong(3));
        }
      }
    }
    database.commit();
  }

  void put(String session, String root, String runtime, long notedMillis) throws SQLException {
    commit(
        () -> {
          update(UPSERT_PLACE, session, root, notedMillis);
          update(UPSERT_ROOT, root, runtime);
        });
  }

  void move(Collection<String> from, String to) throws SQLException {
    commit(
        () -> {
          for (String runtime : from) {
            update("UPDATE sideline_root SET runtime = ? WHERE runtime = ?", to, runtime);
            update("DELETE FROM sideline_runtime WHERE name = ?", runtime);
          }
        });
  }

  void putRuntime(String name, String project) throws SQLException {
    commit(() -> update(UPSERT_RUNTIME, name, project));
  }

  void putConversation(String name, String session, long seenMillis) throws SQLException {
    commit(() -> update(UPSERT_CONVERSATION, name, session, seenMillis));
  }

  void delete(Collection<String> conversations, Collection<String> places, Collection<String> roots)
      throws SQLException {
    commit(
        () -> {
          for (String name : conversations) {
            update("DELETE FROM sideline_conversation WHERE name = ?", name);
          }
          for (String session : places) {
            update("DELETE FROM sideline_place WHERE session = ?", session);
          }
          for (String session : roots) {
            update("DELETE FROM sideline_root WHERE session = ?", session);
          }
        });
  }

  private void update(String sql, Object... values) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  private void commit(Change change) throws SQLException {
    boolean committed = false;
    try {
      change.make();
      database.commit();
      committed = true;
    } finally {
      if (!committed) {
        Barrier.run("Taking back what was not recorded", this::rollBack);
      }
    }
  }

  private void rollBack() {
    try {
      database.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws SQLException {
    database.close();
  }
}
