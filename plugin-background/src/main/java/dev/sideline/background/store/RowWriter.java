package dev.sideline.background.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sideline.background.engine.protocol.Changes;
import dev.sideline.background.engine.protocol.Changes.AccountRow;
import dev.sideline.background.engine.protocol.Changes.MessageKey;
import dev.sideline.background.engine.protocol.Changes.MessageRow;
import dev.sideline.background.engine.protocol.Changes.MeterRow;
import dev.sideline.background.engine.protocol.Changes.NoticeRenaming;
import dev.sideline.background.engine.protocol.Changes.NoticeRow;
import dev.sideline.background.engine.protocol.Changes.OutcomeRow;
import dev.sideline.background.engine.protocol.Changes.TaskRow;
import dev.sideline.background.engine.protocol.Changes.TaskStateRow;
import dev.sideline.background.task.TaskId;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes changes in the transaction of a connection. What comes again is written once: a task that
 * is there is not created, and a state goes only to a higher version.
 */
final class RowWriter {

  /** Sets the parameters of a statement for one row. */
  private interface Binder<T> {
    void bind(PreparedStatement statement, T row) throws SQLException;
  }

  private final Connection connection;
  private final String owner;

  RowWriter(Connection connection, String owner) {
    this.connection = connection;
    this.owner = owner;
  }

  /**
   * Writes them.
   *
   * @return the tasks that are another owner's; if there are any, the transaction is to be rolled
   *     back
   */
  Set<TaskId> write(Changes changes) throws SQLException {
    each(
        changes.created(),
        "INSERT INTO sideline_task (id, owner, version, number, parent, root, session,"
            + " launch_key, status, told, created, settled, chars, launch, state) VALUES (?, ?, ?,"
            + " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
        this::create);
    each(
        changes.created().stream().flatMap(Ancestor::of).toList(),
        "INSERT INTO sideline_ancestor (session, number, task) VALUES (?, ?, ?)"
            + " ON CONFLICT (session, number, task) DO NOTHING",
        Ancestor::bind);
    Set<TaskId> fenced = move(changes.moved());
    if (!fenced.isEmpty()) {
      return fenced;
    }
    each(
        changes.ended(),
        "UPDATE sideline_task SET outcome = ?, chars = chars + ? WHERE id = ? AND owner = ?"
            + " AND outcome IS NULL",
        this::end);
    each(
        changes.ended(),
        "DELETE FROM sideline_meter WHERE task = ? AND owner = ?",
        (statement, row) -> bindTask(statement, row.task()));
    each(
        changes.meters(),
        "INSERT INTO sideline_meter (task, owner, used) VALUES (?, ?, ?)"
            + " ON CONFLICT (task) DO UPDATE SET used = excluded.used",
        this::meter);
    each(
        changes.messages(),
        "INSERT INTO sideline_message (task, number, owner, message) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (task, number) DO NOTHING",
        this::keep);
    each(
        changes.messagesGone(),
        "DELETE FROM sideline_message WHERE task = ? AND owner = ? AND number = ?",
        this::drop);
    each(
        changes.accounts(),
        "INSERT INTO sideline_account (session, owner, account) VALUES (?, ?, ?)"
            + " ON CONFLICT (session) DO UPDATE SET account = excluded.account",
        this::put);
    each(
        changes.accountsGone(),
        "DELETE FROM sideline_account WHERE session = ? AND owner = ?",
        this::bindKey);
    notices(changes);
    forget(changes.forgotten());
    return Set.of();
  }

  private void notices(Changes changes) throws SQLException {
    each(
        changes.owed(),
        "INSERT INTO sideline_notice (message_id, owner, notice) VALUES (?, ?, ?)"
            + " ON CONFLICT (message_id) DO NOTHING",
        this::owe);
    each(
        changes.renamed(),
        "UPDATE sideline_notice SET message_id = ? WHERE message_id = ? AND owner = ?",
        this::rename);
    each(
        changes.delivered(),
        "DELETE FROM sideline_notice WHERE message_id = ? AND owner = ?",
        this::bindKey);
  }

  /** Takes tasks out with all that is theirs. */
  void forget(List<TaskId> tasks) throws SQLException {
    each(
        ancestorsOf(tasks),
        "DELETE FROM sideline_ancestor WHERE session = ? AND number = ? AND task = ?",
        Ancestor::bind);
    for (String table : List.of("sideline_message WHERE task", "sideline_meter WHERE task")) {
      each(tasks, "DELETE FROM " + table + " = ? AND owner = ?", this::bindTask);
    }
    each(tasks, "DELETE FROM sideline_task WHERE id = ? AND owner = ?", this::bindTask);
  }

  private List<Ancestor> ancestorsOf(List<TaskId> tasks) throws SQLException {
    List<Ancestor> ancestors = new ArrayList<>();
    if (tasks.isEmpty()) {
      return ancestors;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT number, launch FROM sideline_task WHERE id = ? AND owner = ?")) {
      for (TaskId task : tasks) {
        bindTask(statement, task);
        try (ResultSet found = statement.executeQuery()) {
          if (found.next()) {
            Ancestor.of(task, found.getLong(1), found.getString(2)).forEach(ancestors::add);
          }
        }
      }
    }
    return ancestors;
  }

  /** A session above a task. */
  private record Ancestor(String session, long number, TaskId task) {

    static Stream<Ancestor> of(TaskRow row) {
      return row.ancestors().stream().map(session -> new Ancestor(session, row.number(), row.id()));
    }

    /** Of a task whose launch cannot be read nothing is told; it is not found by them, either. */
    static Stream<Ancestor> of(TaskId task, long number, String launch) {
      try {
        return RowJson.read(launch, RowJson.Launch.class).ancestors().stream()
            .map(session -> new Ancestor(session, number, task));
      } catch (JsonProcessingException e) {
        return Stream.empty();
      }
    }

    static void bind(PreparedStatement statement, Ancestor row) throws SQLException {
      statement.setString(1, row.session);
      statement.setLong(2, row.number);
      statement.setString(3, row.task.value());
    }
  }

  // --- tasks

  private void create(PreparedStatement statement, TaskRow row) throws SQLException {
    TaskStateRow state = row.state();
    statement.setString(1, row.id().value());
    statement.setString(2, owner);
    statement.setLong(3, state.version());
    statement.setLong(4, row.number());
    statement.setString(5, row.ancestors().get(0));
    statement.setString(6, row.ancestors().get(row.ancestors().size() - 1));
    setText(statement, 7, state.session());
    setText(statement, 8, row.options().idempotencyKey());
    statement.setString(9, state.status().name());
    setText(statement, 10, told(state));
    statement.setLong(11, row.createdMillis());
    statement.setLong(12, state.settledMillis());
    String launch =
        RowJson.write(
            new RowJson.Launch(row.ancestors(), row.spec(), row.options(), row.provenance()));
    statement.setLong(13, launch.length());
    statement.setString(14, launch);
    statement.setString(15, RowJson.write(stateOf(state)));
  }

  private static RowJson.State stateOf(TaskStateRow row) {
    return new RowJson.State(
        row.activation(),
        row.promptId(),
        row.model(),
        row.startedMillis(),
        row.progress(),
        row.handling());
  }

  private static @Nullable String told(TaskStateRow row) {
    return row.handling().end() == null ? null : row.handling().end().told().name();
  }

  /** Tells which are another owner's. */
  private Set<TaskId> move(List<TaskStateRow> rows) throws SQLException {
    int[] updated =
        each(
            rows,
            "UPDATE sideline_task SET version = ?, session = ?, status = ?, told = ?, settled = ?,"
                + " state = ? WHERE id = ? AND owner = ? AND version < ?",
            this::move);
    List<TaskId> left = new ArrayList<>();
    for (int i = 0; i < updated.length; i++) {
      if (updated[i] == 0) {
        left.add(rows.get(i).task());
      }
    }
    return ofOthers(left);
  }

  private void move(PreparedStatement statement, TaskStateRow row) throws SQLException {
    statement.setLong(1, row.version());
    setText(statement, 2, row.session());
    statement.setString(3, row.status().name());
    setText(statement, 4, told(row));
    statement.setLong(5, row.settledMillis());
    statement.setString(6, RowJson.write(stateOf(row)));
    statement.setString(7, row.task().value());
    statement.setString(8, owner);
    statement.setLong(9, row.version());
  }

  /** Those of some tasks that were not changed because they are another owner's now. */
  private Set<TaskId> ofOthers(List<TaskId> tasks) throws SQLException {
    Set<TaskId> others = new LinkedHashSet<>();
    if (tasks.isEmpty()) {
      return others;
    }
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM sideline_task WHERE id = ? AND owner <> ?")) {
      for (TaskId task : tasks) {
        bindTask(statement, task);
        try (ResultSet found = statement.executeQuery()) {
          if (found.next()) {
            others.add(task);
          }
        }
      }
    }
    return others;
  }

  private void end(PreparedStatement statement, OutcomeRow row) throws SQLException {
    String outcome = RowJson.write(row.outcome());
    statement.setString(1, outcome);
    statement.setLong(2, outcome.length());
    statement.setString(3, row.task().value());
    statement.setString(4, owner);
  }

  // --- what belongs to tasks and sessions

  private void meter(PreparedStatement statement, MeterRow row) throws SQLException {
    statement.setString(1, row.task().value());
    statement.setString(2, owner);
    statement.setString(3, RowJson.write(row));
  }

  private void keep(PreparedStatement statement, MessageRow row) throws SQLException {
    statement.setString(1, row.task().value());
    statement.setLong(2, row.number());
    statement.setString(3, owner);
    statement.setString(4, RowJson.write(row));
  }

  private void drop(PreparedStatement statement, MessageKey message) throws SQLException {
    bindTask(statement, message.task());
    statement.setLong(3, message.number());
  }

  private void put(PreparedStatement statement, AccountRow row) throws SQLException {
    statement.setString(1, row.session());
    statement.setString(2, owner);
    statement.setString(3, RowJson.write(row));
  }

  private void owe(PreparedStatement statement, NoticeRow row) throws SQLException {
    statement.setString(1, row.messageId());
    statement.setString(2, owner);
    statement.setString(3, RowJson.write(row));
  }

  private void rename(PreparedStatement statement, NoticeRenaming row) throws SQLException {
    statement.setString(1, row.now());
    statement.setString(2, row.before());
    statement.setString(3, owner);
  }

  // --- statements

  private void bindTask(PreparedStatement statement, TaskId task) throws SQLException {
    bindKey(statement, task.value());
  }

  private void bindKey(PreparedStatement statement, String key) throws SQLException {
    statement.setString(1, key);
    statement.setString(2, owner);
  }

  private static void setText(PreparedStatement statement, int at, @Nullable String text)
      throws SQLException {
    if (text == null) {
      statement.setNull(at, Types.VARCHAR);
    } else {
      statement.setString(at, text);
    }
  }

  private <T> int[] each(List<T> rows, String sql, Binder<T> binder) throws SQLException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (T row : rows) {
        binder.bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }
}
