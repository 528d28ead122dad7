package dev.sideline.host.owner;

import dev.sideline.api.SessionException;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * What an owner has to know again after its restart: in which runtime a session lives, and which
 * session stands for a conversation. All of a tree of sessions live where its root does.
 * Thread-safe; what is written is on the disk when the stage completes.
 */
public final class SessionPlaces implements AutoCloseable {

  private static final String[] SCHEMA = {
    "CREATE TABLE IF NOT EXISTS place (session TEXT PRIMARY KEY, root TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS root (session TEXT PRIMARY KEY, runtime TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS conversation"
        + " (name TEXT PRIMARY KEY, session TEXT NOT NULL, seen BIGINT NOT NULL)"
  };
  private static final String UPSERT_PLACE =
      "INSERT INTO place (session, root) VALUES (?, ?)"
          + " ON CONFLICT (session) DO UPDATE SET root = excluded.root";
  private static final String UPSERT_ROOT =
      "INSERT INTO root (session, runtime) VALUES (?, ?)"
          + " ON CONFLICT (session) DO UPDATE SET runtime = excluded.runtime";
  private static final String UPSERT_CONVERSATION =
      "INSERT INTO conversation (name, session, seen) VALUES (?, ?, ?)"
          + " ON CONFLICT (name) DO UPDATE SET session = excluded.session, seen = excluded.seen";

  private final Connection database;
  private final ExecutorService thread = DaemonThreads.serial("sideline-places");
  private final Map<String, String> roots = new HashMap<>();
  private final Map<String, String> runtimes = new HashMap<>();
  private final Map<String, String> conversations = new HashMap<>();

  private SessionPlaces(Connection database) {
    this.database = database;
  }

  /**
   * Reads what is there.
   *
   * @param source belongs to this alone
   * @throws SQLException if it cannot be read
   */
  public static SessionPlaces open(DataSource source) throws SQLException {
    Connection database = source.getConnection();
    try {
      SessionPlaces places = new SessionPlaces(database);
      places.load();
      return places;
    } catch (SQLException e) {
      database.close();
      throw e;
    }
  }

  private void load() throws SQLException {
    try (Statement statement = database.createStatement()) {
      for (String sql : SCHEMA) {
        statement.execute(sql);
      }
      read(statement, "SELECT session, root FROM place", roots);
      read(statement, "SELECT session, runtime FROM root", runtimes);
      read(statement, "SELECT name, session FROM conversation", conversations);
    }
  }

  private static void read(Statement statement, String sql, Map<String, String> into)
      throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        into.put(rows.getString(1), rows.getString(2));
      }
    }
  }

  /** The session at the top of its tree, as far as that is known. */
  synchronized String rootOf(String sessionId) {
    return roots.getOrDefault(sessionId, sessionId);
  }

  synchronized Optional<String> runtimeOf(String sessionId) {
    return Optional.ofNullable(runtimes.get(rootOf(sessionId)));
  }

  synchronized Set<String> runtimes() {
    return Set.copyOf(runtimes.values());
  }

  synchronized List<String> sessionsOf(String runtime) {
    return roots.entrySet().stream()
        .filter(entry -> runtime.equals(runtimes.get(entry.getValue())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** A session was created. */
  CompletionStage<Void> added(String sessionId, String root, String runtime) {
    synchronized (this) {
      roots.put(sessionId, root);
      runtimes.put(root, runtime);
    }
    return write(
        () -> {
          update(UPSERT_PLACE, sessionId, root);
          update(UPSERT_ROOT, root, runtime);
        });
  }

  /** A session lives somewhere else than was known, and so do all of its tree. */
  CompletionStage<Void> moved(String sessionId, String runtime) {
    return added(sessionId, rootOf(sessionId), runtime);
  }

  /** All that lived in a runtime live in another. */
  public CompletionStage<Void> allMoved(String from, String to) {
    List<String> moved;
    synchronized (this) {
      moved =
          runtimes.entrySet().stream()
              .filter(entry -> entry.getValue().equals(from))
              .map(Map.Entry::getKey)
              .toList();
      moved.forEach(root -> runtimes.put(root, to));
    }
    return moved.isEmpty()
        ? CompletableFuture.completedStage(null)
        : write(() -> update("UPDATE root SET runtime = ? WHERE runtime = ?", to, from));
  }

  /** The session of a conversation, as it was last noted. */
  public synchronized Optional<String> sessionOf(String conversation) {
    return Optional.ofNullable(conversations.get(conversation));
  }

  /** The names of conversations that begin so. */
  public synchronized List<String> conversationsNamed(String prefix) {
    return conversations.keySet().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  /** Nobody can go on with a conversation any more. Its session stays. */
  public CompletionStage<Void> forget(String conversation) {
    synchronized (this) {
      conversations.remove(conversation);
    }
    return write(
        () -> {
          try (PreparedStatement statement =
              database.prepareStatement("DELETE FROM conversation WHERE name = ?")) {
            statement.setString(1, conversation);
            statement.executeUpdate();
          }
        });
  }

  /** The sessions of all conversations. */
  public synchronized Set<String> conversationSessions() {
    return conversations.values().stream().collect(Collectors.toUnmodifiableSet());
  }

  /** A conversation has a session from now on. */
  public CompletionStage<Void> converses(String conversation, String sessionId, long nowMillis) {
    synchronized (this) {
      conversations.put(conversation, sessionId);
    }
    return write(
        () -> {
          try (PreparedStatement statement = database.prepareStatement(UPSERT_CONVERSATION)) {
            statement.setString(1, conversation);
            statement.setString(2, sessionId);
            statement.setLong(3, nowMillis);
            statement.executeUpdate();
          }
        });
  }

  private void update(String sql, String first, String second) throws SQLException {
    try (PreparedStatement statement = database.prepareStatement(sql)) {
      statement.setString(1, first);
      statement.setString(2, second);
      statement.executeUpdate();
    }
  }

  @FunctionalInterface
  private interface Change {
    void make() throws SQLException;
  }

  private CompletionStage<Void> write(Change change) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    try {
      thread.execute(() -> make(change, written));
    } catch (RejectedExecutionException afterClose) {
      written.completeExceptionally(unrecorded(afterClose));
    }
    return written;
  }

  private static void make(Change change, CompletableFuture<Void> written) {
    try {
      change.make();
      written.complete(null);
    } catch (Throwable thrown) { // Whoever waits is answered, whatever it is.
      written.completeExceptionally(unrecorded(thrown));
    }
  }

  private static SessionException unrecorded(Throwable why) {
    return new SessionException(
        SessionException.Code.UNAVAILABLE,
        "where a session lives could not be recorded: " + Barrier.describe(why),
        why);
  }

  /** What is being written is written first. */
  @Override
  public void close() {
    DaemonThreads.end(thread);
    try {
      database.close();
    } catch (SQLException e) {
      // Its data folder closes it all the same.
    }
  }
}
