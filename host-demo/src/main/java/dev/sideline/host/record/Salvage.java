package dev.sideline.host.record;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is whole out of a damaged database into a new one, row by row, from both ends of each
 * table up to what cannot be read.
 */
final class Salvage {

  private static final Logger LOG = LoggerFactory.getLogger(Salvage.class);

  private record Part(String type, String name, String sql) {}

  /** Tables that tell which version the others are of, and without which these are of no use. */
  private static final String VERSIONS = "_schema";

  private final Connection from;
  private final Connection to;
  private final @Nullable Connection backup;

  private Salvage(Connection from, Connection to, @Nullable Connection backup) {
    this.from = from;
    this.to = to;
    this.backup = backup;
  }

  /**
   * Does it.
   *
   * @param to is empty
   * @param backup an older one that is whole, of which no more is taken than which version the
   *     tables are of: what has changed since must not come back; null for none
   * @return how many rows of each table were saved
   * @throws SQLException if the list of tables cannot be read, or the new one cannot be written
   */
  static Map<String, Integer> carryOver(Connection from, Connection to, @Nullable Connection backup)
      throws SQLException {
    return new Salvage(from, to, backup).run();
  }

  private Map<String, Integer> run() throws SQLException {
    // Or SQLite would read nothing of a file whose end is missing.
    try (Statement statement = from.createStatement()) {
      statement.execute("PRAGMA writable_schema = ON");
    }
    execute("PRAGMA user_version = " + Soundness.number(from, "PRAGMA user_version"));
    List<Part> parts = parts();
    Map<String, Integer> saved = new TreeMap<>();
    to.setAutoCommit(false);
    for (Part part : parts) {
      if (part.type().equals("table")) {
        execute(part.sql());
        saved.put(part.name(), rows(part.name()));
      }
    }
    for (Part part : parts) {
      if (!part.type().equals("table")) {
        orWithout(part);
      }
    }
    to.commit();
    to.setAutoCommit(true);
    return saved;
  }

  /** An index whose rows are not what it demands, as two of one key, is left out. */
  private void orWithout(Part part) throws SQLException {
    try {
      execute(part.sql());
    } catch (SQLException e) {
      LOG.warn("The {} {} is left out: {}", part.type(), part.name(), e.getMessage());
    }
  }

  private List<Part> parts() throws SQLException {
    List<Part> parts = new ArrayList<>();
    try (Statement statement = from.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL"
                    + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
      while (rows.next()) {
        parts.add(new Part(rows.getString(1), rows.getString(2), rows.getString(3)));
      }
    }
    return parts;
  }

  private int rows(String table) throws SQLException {
    int first = rows(from, table, "ASC");
    if (first >= 0) {
      return first;
    }
    int last = rows(from, table, "DESC");
    int saved = ~first + (last < 0 ? ~last : last);
    if (backup != null && table.endsWith(VERSIONS)) {
      int older = rows(backup, table, "ASC");
      saved += older < 0 ? ~older : older;
    }
    return saved;
  }

  /** How many were new; the complement of that if it broke off. */
  private int rows(Connection source, String table, String order) throws SQLException {
    int saved = 0;
    try (Statement statement = source.createStatement()) {
      ResultSet rows;
      try {
        rows =
            statement.executeQuery(
                "SELECT rowid, * FROM " + quoted(table) + " NOT INDEXED ORDER BY rowid " + order);
      } catch (SQLException e) {
        return ~0;
      }
      try (rows;
          PreparedStatement insert = insert(table, rows)) {
        while (true) {
          try {
            if (!rows.next()) {
              return saved;
            }
            for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
              insert.setObject(i, rows.getObject(i));
            }
          } catch (SQLException e) {
            LOG.debug("Table {} cannot be read on, {}: {}", table, order, e.getMessage());
            return ~saved;
          }
          saved += insert.executeUpdate();
        }
      }
    }
  }

  private PreparedStatement insert(String table, ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    String names =
        IntStream.rangeClosed(2, columns)
            .mapToObj(i -> quoted(columnName(rows, i)))
            .collect(Collectors.joining(", "));
    return to.prepareStatement(
        "INSERT OR IGNORE INTO "
            + quoted(table)
            + " (rowid, "
            + names
            + ") VALUES ("
            + "?, ".repeat(columns - 1)
            + "?)");
  }

  private static String columnName(ResultSet rows, int column) {
    try {
      return rows.getMetaData().getColumnName(column);
    } catch (SQLException e) {
      throw new IllegalStateException("there is such a column", e);
    }
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = to.createStatement()) {
      statement.execute(sql);
    }
  }
}
