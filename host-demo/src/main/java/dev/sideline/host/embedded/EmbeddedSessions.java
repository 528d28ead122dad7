package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.host.embedded.store.LoadedSession;
import dev.sideline.host.embedded.store.StoredSession;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in memory, and what they keep. With each one its parent is there, too. Where there
 * is a record, what has no room leaves memory and no more. Belongs to one thread. What sessions do
 * is up to {@link TurnRunner}.
 */
final class EmbeddedSessions {

  private static final int ID_BYTES = 16;
  private static final int MAX_DESCRIPTION_CHARACTERS = 65_536;

  /** By id, least recently used first. */
  private final Map<String, EmbeddedSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private final Set<EmbeddedSession> busy = new LinkedHashSet<>();
  private final SecureRandom random = new SecureRandom();
  private final EmbeddedLimits limits;
  private final MessageIds ids;
  private final SessionRecord record;
  private final Consumer<SessionEvent> events;
  private long characters;
  private long departures;

  EmbeddedSessions(
      EmbeddedLimits limits, MessageIds ids, SessionRecord record, Consumer<SessionEvent> events) {
    this.limits = limits;
    this.ids = ids;
    this.record = record;
    this.events = events;
  }

  /**
   * Creates a session.
   *
   * @param workplace that of a session without a parent
   */
  Session create(NewSession request, Workplace workplace) {
    checkRecord();
    EmbeddedSession parent = request.parentId() == null ? null : existing(request.parentId());
    int description =
        request.title().length()
            + request.metadata().entrySet().stream()
                .mapToInt(entry -> entry.getKey().length() + entry.getValue().length())
                .sum();
    if (description > MAX_DESCRIPTION_CHARACTERS) {
      throw new SessionException(
          SessionException.Code.INVALID,
          String.format(
              "title and metadata of a session may have %,d characters together, got %,d",
              MAX_DESCRIPTION_CHARACTERS, description));
    }
    String id = newId();
    SessionTree tree = parent == null ? new SessionTree(id, workplace) : parent.tree;
    Session session =
        new Session(
            id,
            request.parentId(),
            request.title(),
            directory(request.directory(), parent, tree),
            request.metadata());
    makeRoom(1, parent == null ? Set.of() : Set.of(parent.session.id()));
    EmbeddedSession created =
        new EmbeddedSession(session, ids.nextNumber(), tree, limits.promptCharacters());
    put(created);
    record.created(created);
    events.accept(new SessionEvent.Created(session));
    return session;
  }

  private void put(EmbeddedSession session) {
    sessions.put(session.session.id(), session);
    characters += session.characters();
    if (session.session.parentId() != null) {
      find(session.session.parentId())
          .ifPresent(parent -> parent.children.add(session.session.id()));
    }
  }

  /**
   * Refuses what would have to be recorded.
   *
   * @throws SessionException if nothing can be recorded just now
   */
  void checkRecord() {
    record
        .refusal()
        .ifPresent(
            why -> {
              throw new SessionException(
                  SessionException.Code.UNAVAILABLE,
                  "the sessions cannot be recorded at the moment, so nothing new is begun: " + why);
            });
  }

  private static String directory(
      @Nullable String requested, @Nullable EmbeddedSession parent, SessionTree tree) {
    if (requested == null) {
      String inherited = parent == null ? null : parent.session.directory();
      return inherited == null ? tree.workplace.directory().toString() : inherited;
    }
    try {
      Path directory = tree.workplace.directory().resolve(requested).normalize();
      if (Files.isDirectory(directory)) {
        return directory.toString();
      }
    } catch (InvalidPathException notEvenAPath) {
      throw noDirectory(requested);
    }
    throw noDirectory(requested);
  }

  private static SessionException noDirectory(String requested) {
    return new SessionException(
        SessionException.Code.INVALID, "there is no directory '" + requested + "'");
  }

  private String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return "ses_" + HexFormat.of().formatHex(bytes);
  }

  /** Gives a workplace to a session and to all that are in one tree with it. */
  void attach(String sessionId, Workplace workplace) {
    EmbeddedSession session = existing(sessionId);
    session.tree.workplace = workplace;
    record.attached(session);
  }

  Optional<EmbeddedSession> find(String sessionId) {
    return Optional.ofNullable(sessions.get(sessionId));
  }

  EmbeddedSession existing(String sessionId) {
    return find(sessionId)
        .filter(session -> !session.deleting)
        .orElseThrow(
            () ->
                new SessionException(
                    SessionException.Code.NOT_FOUND, "there is no session '" + sessionId + "'"));
  }

  private EmbeddedSession at(String sessionId) {
    return find(sessionId).orElseThrow();
  }

  /** The children in memory. */
  List<Session> children(String sessionId) {
    return find(sessionId).stream()
        .flatMap(parent -> List.copyOf(parent.children).stream())
        .flatMap(id -> find(id).stream())
        .map(child -> child.session)
        .toList();
  }

  Map<String, SessionStatus> statuses() {
    return busy.stream()
        .collect(
            Collectors.toUnmodifiableMap(
                session -> session.session.id(), session -> SessionStatus.BUSY));
  }

  /** The sessions in memory below one and itself, children before their parents. */
  List<EmbeddedSession> tree(String sessionId) {
    List<EmbeddedSession> tree = new ArrayList<>();
    find(sessionId)
        .ifPresent(
            root -> {
              List.copyOf(root.children).forEach(child -> tree.addAll(tree(child)));
              tree.add(root);
            });
    return tree;
  }

  /** Adds a message, and forgets the oldest ones if that is too much. */
  void add(EmbeddedSession session, Message message) {
    long before = session.messages.characters();
    long number = session.messages.add(message);
    record.wrote(session, number, message, false);
    trim(session, before);
  }

  /** Sets a session to work on an answer, which has its place from now on. */
  void begin(EmbeddedSession session, Turn turn) {
    long before = session.messages.characters();
    Message begun = turn.soFar();
    turn.placeAt(session.messages.add(begun));
    session.turn = turn;
    busy.add(session);
    record.wrote(session, turn.number(), begun, true);
    trim(session, before);
  }

  /** The session is idle. */
  void idle(EmbeddedSession session) {
    session.turn = null;
    busy.remove(session);
  }

  /** Puts the finished answer in its place. */
  void finish(EmbeddedSession session, Turn turn, Message answer) {
    long before = session.messages.characters();
    session.messages.put(turn.number(), answer);
    record.wrote(session, turn.number(), answer, false);
    trim(session, before);
    record.changed(session);
    forgetSurplus(Set.of(session.session.id()));
  }

  private void trim(EmbeddedSession session, long charactersBefore) {
    session
        .messages
        .trim(
            limits.messagesPerSession(),
            limits.charactersPerSession(),
            session.turn == null ? 0 : session.turn.number())
        .ifPresent(upTo -> record.dropped(session, upTo));
    characters += session.messages.characters() - charactersBefore;
    session.recordedAt = record.position();
  }

  /** Removes an idle session without children in memory, for good. */
  void remove(EmbeddedSession session) {
    leave(session);
    if (!record.keeps()) {
      events.accept(new SessionEvent.Deleted(session.session.id()));
    }
  }

  private void leave(EmbeddedSession session) {
    String id = session.session.id();
    sessions.remove(id);
    characters -= session.characters();
    departures++;
    String parentId = session.session.parentId();
    if (parentId != null) {
      find(parentId).ifPresent(parent -> parent.children.remove(id));
    }
  }

  /** How often sessions have left memory, or may have left the record. */
  long departures() {
    return departures;
  }

  /** A session that is not in memory is removed from the record. */
  void departs() {
    departures++;
  }

  /**
   * Whether a session is in memory.
   *
   * @param messages whether with its messages
   */
  boolean isInMemory(String sessionId, boolean messages) {
    EmbeddedSession session = sessions.get(sessionId);
    return session != null && (session.complete || !messages);
  }

  /**
   * Takes into memory what was read.
   *
   * @throws SessionException if there is no room
   */
  void enter(LoadedSession read) {
    List<StoredSession> line = read.line();
    Set<String> needed =
        line.stream().map(row -> row.session().id()).collect(Collectors.toUnmodifiableSet());
    makeRoom((int) needed.stream().filter(id -> !sessions.containsKey(id)).count(), needed);
    String top = line.get(0).session().id();
    SessionTree tree =
        find(top)
            .map(root -> root.tree)
            .orElseGet(() -> new SessionTree(top, record.workplace(read.workplace())));
    for (StoredSession row : line) {
      if (!sessions.containsKey(row.session().id())) {
        put(EmbeddedSession.of(row, tree, limits.promptCharacters()));
      }
    }
    EmbeddedSession wanted = at(line.get(line.size() - 1).session().id());
    if (!wanted.complete) {
      wanted.complete(read.messages());
      characters += wanted.messages.characters();
    }
    forgetSurplus(needed);
  }

  private void makeRoom(int more, Set<String> needed) {
    while (sessions.size() + more > limits.sessions()) {
      if (!forgetOne(needed)) {
        throw new SessionException(
            SessionException.Code.UNAVAILABLE,
            String.format("all %,d sessions that are kept are at work", sessions.size()));
      }
    }
  }

  private void forgetSurplus(Set<String> needed) {
    while (characters > limits.keptCharacters() && forgetOne(needed)) {
      // forgetOne has made some room
    }
  }

  /** Forgets the least recently used session that is idle and has no children, but not some. */
  private boolean forgetOne(Set<String> needed) {
    Optional<EmbeddedSession> oldest =
        sessions.values().stream()
            .filter(session -> session.turn == null && session.children.isEmpty())
            .filter(session -> !needed.contains(session.session.id()))
            .findFirst();
    if (record.keeps()) {
      oldest.ifPresent(this::leave);
    } else {
      oldest.ifPresent(this::remove);
    }
    return oldest.isPresent();
  }
}
