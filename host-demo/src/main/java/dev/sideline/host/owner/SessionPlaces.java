package dev.sideline.host.owner;

import dev.sideline.api.SessionException;
import dev.sideline.host.Barrier;
import dev.sideline.host.DaemonThreads;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What an owner has to know again after its restart: in which runtime a session lives, and which
 * session stands for a conversation. All of a tree of sessions live where its root does.
 * Thread-safe; what is written is on the disk when the stage completes.
 */
public final class SessionPlaces implements AutoCloseable {

  private final PlaceRows rows;
  private final Clock clock;
  private final ExecutorService thread = DaemonThreads.serial("sideline-places");
  private final Map<String, Place> places = new HashMap<>();
  private final Map<String, String> runtimes = new HashMap<>();
  private final Map<String, String> projects = new HashMap<>();
  private final Map<String, Held> conversations = new HashMap<>();

  /** Who is asked for while it is decided who is needed; null while it is not. */
  private @Nullable Set<String> wanted;

  /**
   * Where a session is.
   *
   * @param root the session at the top of its tree
   * @param noted when that was noted, in milliseconds of the epoch
   */
  private record Place(String root, long noted) {}

  /**
   * A conversation.
   *
   * @param session that stands for it
   * @param seen when its program last came with it, in milliseconds of the epoch
   */
  private record Held(String session, long seen) {}

  private SessionPlaces(PlaceRows rows, Clock clock) {
    this.rows = rows;
    this.clock = clock;
  }

  /**
   * Reads what is there.
   *
   * @param source belongs to this alone
   * @throws SQLException if it cannot be read
   * @throws dev.sideline.host.UnfitTablesException if it is of a newer version; its message is for
   *     a person
   */
  public static SessionPlaces open(DataSource source, Clock clock) throws SQLException {
    PlaceRows rows = PlaceRows.open(source);
    boolean opened = false;
    try {
      SessionPlaces places = new SessionPlaces(rows, clock);
      rows.read(places.new Loading());
      opened = true;
      return places;
    } finally {
      if (!opened) {
        rows.close();
      }
    }
  }

  /** Takes what is on the disk. */
  private final class Loading implements PlaceRows.Reader {
    @Override
    public void place(String session, String root, long notedMillis) {
      places.put(session, new Place(root, notedMillis));
    }

    @Override
    public void root(String session, String runtime) {
      runtimes.put(session, runtime);
    }

    @Override
    public void runtime(String name, String project) {
      projects.put(name, project);
    }

    @Override
    public void conversation(String name, String session, long seenMillis) {
      conversations.put(name, new Held(session, seenMillis));
    }
  }

  // --- where sessions live

  /** The session at the top of its tree, as far as that is known. */
  synchronized String rootOf(String sessionId) {
    Place place = places.get(sessionId);
    return place == null ? sessionId : place.root();
  }

  synchronized Optional<String> runtimeOf(String sessionId) {
    wants(sessionId);
    return Optional.ofNullable(runtimes.get(rootOf(sessionId)));
  }

  synchronized Set<String> runtimes() {
    return Set.copyOf(runtimes.values());
  }

  synchronized List<String> sessionsOf(String runtime) {
    return places.entrySet().stream()
        .filter(entry -> runtime.equals(runtimes.get(entry.getValue().root())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** A session was created. */
  CompletionStage<Void> added(String sessionId, String root, String runtime) {
    long now = clock.millis();
    synchronized (this) {
      wants(sessionId);
      places.put(sessionId, new Place(root, now));
      runtimes.put(root, runtime);
    }
    return write(() -> rows.put(sessionId, root, runtime, now));
  }

  /** A session lives somewhere else than was known, and so do all of its tree. */
  CompletionStage<Void> moved(String sessionId, String runtime) {
    return added(sessionId, rootOf(sessionId), runtime);
  }

  /**
   * A runtime has the sessions of a project, and all of those that had it before and are not used
   * any more.
   *
   * @param used tells of a runtime whether somebody works with it
   * @return those that are not
   */
  Set<String> succeeds(String runtime, String project, Predicate<String> used) {
    Set<String> before;
    boolean known;
    synchronized (this) {
      before = keysOf(projects, project::equals);
      before.removeIf(other -> other.equals(runtime) || used.test(other));
      known = project.equals(projects.put(runtime, project));
      projects.keySet().removeAll(before);
      keysOf(runtimes, before::contains).forEach(root -> runtimes.put(root, runtime));
    }
    if (!known) {
      var unused = write(() -> rows.putRuntime(runtime, project));
    }
    if (!before.isEmpty()) {
      var unused = write(() -> rows.move(before, runtime));
    }
    return before;
  }

  // --- conversations

  /** The session of a conversation, as it was last noted. */
  public synchronized Optional<String> sessionOf(String conversation) {
    Optional<String> session =
        Optional.ofNullable(conversations.get(conversation)).map(Held::session);
    session.ifPresent(this::wants);
    return session;
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
    return write(() -> rows.delete(Set.of(conversation), Set.of(), Set.of()));
  }

  /** The sessions of all conversations. */
  public synchronized Set<String> conversationSessions() {
    return conversations.values().stream()
        .map(Held::session)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** A conversation has a session from now on. */
  public CompletionStage<Void> converses(String conversation, String sessionId) {
    long now = clock.millis();
    synchronized (this) {
      wants(sessionId);
      conversations.put(conversation, new Held(sessionId, now));
    }
    return write(() -> rows.putConversation(conversation, sessionId, now));
  }

  // --- what nobody needs

  /**
   * Begins to forget what nobody needs: whoever is asked for from now on is needed. Followed by
   * {@link #purge}.
   *
   * @return whether anything was noted so long ago that it may be forgotten
   */
  public synchronized boolean beginPurge(Duration age) {
    wanted = new HashSet<>();
    long before = clock.millis() - age.toMillis();
    return Stream.concat(
            places.values().stream().map(Place::noted),
            conversations.values().stream().map(Held::seen))
        .anyMatch(when -> when < before);
  }

  /**
   * Forgets what was noted so long ago and is needed by nobody. A session that calls after that is
   * noted again.
   *
   * @param needed the sessions that are
   * @return how many sessions and conversations were forgotten
   */
  public CompletionStage<Integer> purge(Duration age, Set<String> needed) {
    long before = clock.millis() - age.toMillis();
    Set<String> names;
    Set<String> sessions;
    Set<String> roots;
    synchronized (this) {
      Set<String> kept = new HashSet<>(needed);
      kept.addAll(wanted == null ? Set.of() : wanted);
      wanted = null;
      names = keysOf(conversations, one -> one.seen() < before && !kept.contains(one.session()));
      conversations.keySet().removeAll(names);
      kept.addAll(conversationSessions());
      sessions = keysOf(places, one -> one.noted() < before);
      sessions.removeAll(kept);
      places.keySet().removeAll(sessions);
      roots = new HashSet<>(runtimes.keySet());
      roots.removeAll(kept);
      places.values().forEach(place -> roots.remove(place.root()));
      runtimes.keySet().removeAll(roots);
    }
    int count = names.size() + sessions.size();
    return count == 0
        ? CompletableFuture.completedStage(0)
        : write(() -> rows.delete(names, sessions, roots)).thenApply(done -> count);
  }

  private void wants(String sessionId) {
    if (wanted != null) {
      wanted.add(sessionId);
    }
  }

  private static <V> Set<String> keysOf(Map<String, V> all, Predicate<V> which) {
    return all.entrySet().stream()
        .filter(entry -> which.test(entry.getValue()))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(HashSet::new));
  }

  // --- writing

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
      rows.close();
    } catch (SQLException e) {
      // Its data folder closes it all the same.
    }
  }
}
