package dev.sideline.host.embedded.store;

import dev.sideline.api.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a connection, whose statements are prepared once. What comes again is written once.
 * Belongs to one thread, which commits.
 */
final class SessionRows implements AutoCloseable {

  private static final String OF_SESSION = "SELECT id, parent, number, used, size, about,";

  private static final Logger log = LoggerFactory.getLogger(SessionRows.class);

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  SessionRows(Connection connection) {
    this.connection = connection;
  }

  void commit() throws SQLException {
    connection.commit();
  }

  /** What is not committed is not done. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }

  // --- sessions

  void create(StoredSession row, @Nullable StoredWorkplace workplace) throws SQLException {
    PreparedStatement insert =
        prepared(
            "INSERT INTO sideline_session (id, parent, number, used, size, workplace, about,"
                + " state, allowed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (id) DO NOTHING");
    Session session = row.session();
    insert.setString(1, session.id());
    setText(insert, 2, session.parentId());
    insert.setLong(3, row.number());
    insert.setLong(4, row.state().usedMillis());
    insert.setLong(5, row.state().size());
    setText(insert, 6, workplace == null ? null : workplace.id());
    insert.setString(7, SessionJson.about(session));
    insert.setString(8, SessionJson.state(row.state()));
    insert.setString(9, SessionJson.words(row.allowed()));
    insert.executeUpdate();
    if (workplace != null) {
      keep(workplace);
    }
  }

  private void keep(StoredWorkplace workplace) throws SQLException {
    PreparedStatement insert =
        prepared(
            "INSERT INTO sideline_workplace (id, workplace) VALUES (?, ?)"
                + " ON CONFLICT (id) DO NOTHING");
    insert.setString(1, workplace.id());
    insert.setString(2, workplace.content());
    insert.executeUpdate();
  }

  void update(String sessionId, SessionState state) throws SQLException {
    PreparedStatement update =
        prepared("UPDATE sideline_session SET used = ?, size = ?, state = ? WHERE id = ?");
    update.setLong(1, state.usedMillis());
    update.setLong(2, state.size());
    update.setString(3, SessionJson.state(state));
    update.setString(4, sessionId);
    update.executeUpdate();
  }

  void allow(String sessionId, List<String> allowed) throws SQLException {
    PreparedStatement update = prepared("UPDATE sideline_session SET allowed = ? WHERE id = ?");
    update.setString(1, SessionJson.words(allowed));
    update.setString(2, sessionId);
    update.executeUpdate();
  }

  void assign(String root, StoredWorkplace workplace, long usedMillis) throws SQLException {
    keep(workplace);
    PreparedStatement update =
        prepared("UPDATE sideline_session SET workplace = ?, used = ? WHERE id = ?");
    update.setString(1, workplace.id());
    update.setLong(2, usedMillis);
    update.setString(3, root);
    update.executeUpdate();
  }

  /** Removes a session and those below it; tells which, each after those below it. */
  List<String> delete(String sessionId) throws SQLException {
    List<String> gone = new ArrayList<>();
    PreparedStatement below =
        prepared(
            "WITH RECURSIVE below (id, depth) AS (SELECT id, 0 FROM sideline_session WHERE id = ?"
                + " UNION ALL SELECT child.id, below.depth + 1 FROM sideline_session child"
                + " JOIN below ON child.parent = below.id)"
                + " SELECT id FROM below ORDER BY depth DESC");
    below.setString(1, sessionId);
    try (ResultSet rows = below.executeQuery()) {
      while (rows.next()) {
        gone.add(rows.getString(1));
      }
    }
    for (String id : gone) {
      for (String table :
          List.of("sideline_session_message WHERE session", "sideline_session WHERE id")) {
        PreparedStatement delete = prepared("DELETE FROM " + table + " = ?");
        delete.setString(1, id);
        delete.executeUpdate();
      }
    }
    return gone;
  }

  Optional<LoadedSession> load(String sessionId) throws SQLException {
    Deque<StoredSession> line = new ArrayDeque<>();
    String workplace = null;
    PreparedStatement one =
        prepared(OF_SESSION + " state, allowed, workplace FROM sideline_session WHERE id = ?");
    for (String id = sessionId; id != null; ) {
      one.setString(1, id);
      try (ResultSet rows = one.executeQuery()) {
        if (!rows.next()) {
          break;
        }
        String read = id;
        workplace = rows.getString(9);
        id = rows.getString(2);
        StoredSession found = readable("session " + read, () -> session(rows)).orElse(null);
        if (found == null) {
          return Optional.empty();
        }
        line.addFirst(found);
      }
    }
    return line.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LoadedSession(
                List.copyOf(line),
                messages(sessionId),
                workplace == null ? null : workplace(workplace)));
  }

  private static StoredSession session(ResultSet row) throws SQLException {
    return new StoredSession(
        SessionJson.session(row.getString(1), row.getString(2), row.getString(6)),
        row.getLong(3),
        SessionJson.state(row.getLong(4), row.getLong(5), row.getString(7)),
        SessionJson.words(row.getString(8)));
  }

  private @Nullable String workplace(String id) throws SQLException {
    PreparedStatement query = prepared("SELECT workplace FROM sideline_workplace WHERE id = ?");
    query.setString(1, id);
    try (ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  /** Oldest first. */
  List<Session> children(String parent) throws SQLException {
    PreparedStatement query =
        prepared("SELECT id, about FROM sideline_session WHERE parent = ? ORDER BY number");
    query.setString(1, parent);
    List<Session> children = new ArrayList<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String id = rows.getString(1);
        String about = rows.getString(2);
        readable("session " + id, () -> SessionJson.session(id, parent, about))
            .ifPresent(children::add);
      }
    }
    return children;
  }

  /** Some sessions, in the order of their ids, for the question which may go. */
  List<SessionUse> uses(String afterId, int limit) throws SQLException {
    List<SessionUse> uses = new ArrayList<>();
    PreparedStatement query =
        prepared(
            "SELECT id, parent, number, used, size FROM sideline_session WHERE id > ?"
                + " ORDER BY id LIMIT ?");
    query.setString(1, afterId);
    query.setInt(2, limit);
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        uses.add(
            new SessionUse(
                rows.getString(1),
                rows.getString(2),
                rows.getLong(3),
                rows.getLong(4),
                rows.getLong(5)));
      }
    }
    return uses;
  }

  /**
   * Of some workplaces, in the order of their ids, forgets those in which no session works.
   *
   * @return the last of them; empty if there are no more
   */
  Optional<String> forgetWorkplaces(String afterId, int limit) throws SQLException {
    List<String> some = new ArrayList<>();
    PreparedStatement query =
        prepared("SELECT id FROM sideline_workplace WHERE id > ? ORDER BY id LIMIT ?");
    query.setString(1, afterId);
    query.setInt(2, limit);
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        some.add(rows.getString(1));
      }
    }
    PreparedStatement forget =
        prepared(
            "DELETE FROM sideline_workplace WHERE id = ? AND NOT EXISTS"
                + " (SELECT 1 FROM sideline_session WHERE workplace = ?)");
    for (String id : some) {
      forget.setString(1, id);
      forget.setString(2, id);
      forget.executeUpdate();
    }
    return some.size() < limit ? Optional.empty() : Optional.of(some.get(some.size() - 1));
  }

  // --- messages

  void put(StoredMessage row) throws SQLException {
    PreparedStatement put =
        prepared(
            "INSERT INTO sideline_session_message (session, number, open, asked, message)"
                + " VALUES (?, ?, ?, ?, ?) ON CONFLICT (session, number) DO UPDATE SET"
                + " open = excluded.open, asked = excluded.asked, message = excluded.message");
    put.setString(1, row.sessionId());
    put.setLong(2, row.number());
    put.setInt(3, row.open() ? 1 : 0);
    setText(put, 4, row.asked());
    put.setString(5, SessionJson.message(row.message()));
    put.executeUpdate();
  }

  /** Brings an answer up to date that is being written; does nothing to one that is finished. */
  void grow(StoredMessage row) throws SQLException {
    PreparedStatement grow =
        prepared(
            "UPDATE sideline_session_message SET asked = ?, message = ?"
                + " WHERE session = ? AND number = ? AND open = 1");
    setText(grow, 1, row.asked());
    grow.setString(2, SessionJson.message(row.message()));
    grow.setString(3, row.sessionId());
    grow.setLong(4, row.number());
    grow.executeUpdate();
  }

  void drop(String sessionId, long upTo) throws SQLException {
    PreparedStatement drop =
        prepared(
            "DELETE FROM sideline_session_message WHERE session = ? AND number <= ?"
                + " AND open = 0");
    drop.setString(1, sessionId);
    drop.setLong(2, upTo);
    drop.executeUpdate();
  }

  private List<StoredMessage> messages(String sessionId) throws SQLException {
    PreparedStatement query =
        prepared(
            "SELECT session, number, open, asked, message FROM sideline_session_message"
                + " WHERE session = ? ORDER BY number");
    query.setString(1, sessionId);
    return messages(query);
  }

  /** All answers that somebody was writing. */
  List<StoredMessage> unfinished() throws SQLException {
    return messages(
        prepared(
            "SELECT session, number, open, asked, message FROM sideline_session_message"
                + " WHERE open = 1"));
  }

  private static List<StoredMessage> messages(PreparedStatement query) throws SQLException {
    List<StoredMessage> messages = new ArrayList<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        String what = "message " + rows.getLong(2) + " of session " + rows.getString(1);
        readable(what, () -> message(rows)).ifPresent(messages::add);
      }
    }
    return messages;
  }

  private static StoredMessage message(ResultSet row) throws SQLException {
    return new StoredMessage(
        row.getString(1),
        row.getLong(2),
        row.getInt(3) == 1,
        row.getString(4),
        SessionJson.message(row.getString(5)));
  }

  /** No answer is being written any more, whatever there is of it. */
  void closeAll() throws SQLException {
    prepared("UPDATE sideline_session_message SET open = 0, asked = NULL WHERE open = 1")
        .executeUpdate();
  }

  private interface Reading<T> {
    T get() throws SQLException;
  }

  /** What was damaged stays as it is, and hides nothing else. */
  private static <T> Optional<T> readable(String what, Reading<T> row) throws SQLException {
    try {
      return Optional.of(row.get());
    } catch (SQLException e) {
      if (!SessionJson.isUnreadable(e)) {
        throw e;
      }
      log.error("What is recorded of {} cannot be read: {}", what, e.getMessage());
      return Optional.empty();
    }
  }

  // --- marks

  /** What was marked under a name last; 0 if nothing was. */
  long mark(String name) throws SQLException {
    PreparedStatement query = prepared("SELECT value FROM sideline_session_mark WHERE name = ?");
    query.setString(1, name);
    try (ResultSet rows = query.executeQuery()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  void mark(String name, long value) throws SQLException {
    PreparedStatement put =
        prepared(
            "INSERT INTO sideline_session_mark (name, value) VALUES (?, ?)"
                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value");
    put.setString(1, name);
    put.setLong(2, value);
    put.executeUpdate();
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  private static void setText(PreparedStatement statement, int at, @Nullable String text)
      throws SQLException {
    if (text == null) {
      statement.setNull(at, Types.VARCHAR);
    } else {
      statement.setString(at, text);
    }
  }
}
