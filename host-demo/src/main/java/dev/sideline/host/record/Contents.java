package dev.sideline.host.record;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What stands in a database, whatever its tables are.
 *
 * @param rows how many rows each table has; without those that cannot be counted
 * @param wrong tables that cannot be counted, and why
 * @param unreadable where a text was JSON once and is not any more, such as after a byte of it was
 *     changed by a disk
 */
record Contents(Map<String, Long> rows, List<String> wrong, List<String> unreadable) {

  static Contents of(Connection connection) throws SQLException {
    Contents contents = new Contents(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
    for (String table :
        texts(
            connection,
            "SELECT name FROM sqlite_master WHERE type = 'table'"
                + " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")) {
      try {
        String count = "SELECT count(*) FROM " + quoted(table);
        contents.rows.put(table, Soundness.number(connection, count));
        contents.readTexts(connection, table);
      } catch (SQLException e) {
        contents.wrong.add(table + " cannot be read: " + e.getMessage());
      }
    }
    return contents;
  }

  /** A column of which most values are JSON objects is one of such. */
  private void readTexts(Connection connection, String table) throws SQLException {
    for (String column :
        texts(
            connection, "SELECT name FROM pragma_table_info('" + table.replace("'", "''") + "')")) {
      String name = quoted(column);
      String from = " FROM " + quoted(table) + " WHERE " + name + " IS NOT NULL AND ";
      String sound = "json_valid(" + name + ") AND substr(" + name + ", 1, 1) = '{'";
      long objects = Soundness.number(connection, "SELECT count(*)" + from + sound);
      long others = Soundness.number(connection, "SELECT count(*)" + from + "NOT (" + sound + ")");
      if (others > 0 && objects > others) {
        unreadable.add(others + " in column " + column + " of " + table);
      }
    }
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
