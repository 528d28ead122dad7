package dev.sideline.background.store;

import dev.sideline.background.task.TaskId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes finished tasks that are owed to nobody, the oldest first and some at a time, so that what
 * is being recorded need not wait for long.
 */
final class RowPurge {

  static final int AT_A_TIME = 500;

  private final Connection connection;
  private final String owner;

  RowPurge(Connection connection, String owner) {
    this.connection = connection;
    this.owner = owner;
  }

  /** Deletes some of those that ended before a time; tells how many. */
  int endedBefore(long millis) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id FROM sideline_task WHERE owner = ? AND told = 'CLOSED' AND settled < ?"
                + " ORDER BY settled, number LIMIT "
                + AT_A_TIME)) {
      statement.setString(1, owner);
      statement.setLong(2, millis);
      return delete(statement);
    }
  }

  /** Deletes some of those that are too many, or too long together; tells how many. */
  int beyond(int maxCount, long maxChars) throws SQLException {
    long count;
    long chars;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT COUNT(*), COALESCE(SUM(chars), 0) FROM sideline_task"
                + " WHERE owner = ? AND told = 'CLOSED'")) {
      statement.setString(1, owner);
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        count = rows.getLong(1);
        chars = rows.getLong(2);
      }
    }
    if (count <= maxCount && chars <= maxChars) {
      return 0;
    }
    return delete(oldest(count - maxCount, chars - maxChars));
  }

  /** The oldest, as many as are too many, and until those are gone that are too long together. */
  private List<TaskId> oldest(long tooMany, long tooLong) throws SQLException {
    List<TaskId> oldest = new ArrayList<>();
    long chars = 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT id, chars FROM sideline_task WHERE owner = ? AND told = 'CLOSED'"
                + " ORDER BY settled, number LIMIT "
                + AT_A_TIME)) {
      statement.setString(1, owner);
      try (ResultSet rows = statement.executeQuery()) {
        while ((oldest.size() < tooMany || chars < tooLong) && rows.next()) {
          oldest.add(new TaskId(rows.getString(1)));
          chars += rows.getLong(2);
        }
      }
    }
    return oldest;
  }

  private int delete(PreparedStatement which) throws SQLException {
    List<TaskId> tasks = new ArrayList<>();
    try (ResultSet rows = which.executeQuery()) {
      while (rows.next()) {
        tasks.add(new TaskId(rows.getString(1)));
      }
    }
    return delete(tasks);
  }

  private int delete(List<TaskId> tasks) throws SQLException {
    new RowWriter(connection, owner).forget(tasks);
    return tasks.size();
  }
}
