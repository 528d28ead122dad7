package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.NewSession;
import dev.sideline.api.Session;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.SessionStatus;
import dev.sideline.host.text.TextLength;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions there are, and what they keep. Belongs to one thread. What they do is up to {@link
 * TurnRunner}.
 */
final class EmbeddedSessions {

  private static final int ID_BYTES = 16;
  private static final int MAX_DESCRIPTION_CHARACTERS = 65_536;

  /** By id, least recently used first. */
  private final Map<String, EmbeddedSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

  private final SecureRandom random = new SecureRandom();
  private final EmbeddedLimits limits;
  private final Consumer<SessionEvent> events;
  private long characters;

  EmbeddedSessions(EmbeddedLimits limits, Consumer<SessionEvent> events) {
    this.limits = limits;
    this.events = events;
  }

  /**
   * Creates a session.
   *
   * @param workplace that of a session without a parent
   */
  Session create(NewSession request, Workplace workplace) {
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
    makeRoom(request.parentId());
    SessionTree tree = parent == null ? new SessionTree(workplace) : parent.tree;
    Session session =
        new Session(
            newId(),
            request.parentId(),
            request.title(),
            directory(request.directory(), parent, tree),
            request.metadata());
    sessions.put(session.id(), new EmbeddedSession(session, tree, limits.promptCharacters()));
    if (parent != null) {
      parent.children.add(session.id());
    }
    characters += description;
    events.accept(new SessionEvent.Created(session));
    return session;
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

  List<Session> children(String sessionId) {
    return find(sessionId).stream()
        .flatMap(parent -> List.copyOf(parent.children).stream())
        .flatMap(id -> find(id).stream())
        .map(child -> child.session)
        .toList();
  }

  Map<String, SessionStatus> statuses() {
    Map<String, SessionStatus> statuses = new LinkedHashMap<>();
    sessions.forEach(
        (id, session) -> {
          if (session.turn != null) {
            statuses.put(id, SessionStatus.BUSY);
          }
        });
    return Map.copyOf(statuses);
  }

  /** The sessions below one and itself, children before their parents. */
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
    session.add(message);
    characters += TextLength.of(message);
    if (session.messageCount() > limits.messagesPerSession()) {
      characters -= TextLength.of(session.removeOldest());
    }
  }

  /** Puts the finished answer in its place. */
  void finish(EmbeddedSession session, Message answer) {
    session.replaceAnswer(answer);
    characters += TextLength.of(answer);
    while (characters > limits.keptCharacters() && forgetOne(session.session.id())) {
      // forgetOne has made some room
    }
  }

  /** Removes an idle session without children. */
  void remove(EmbeddedSession session) {
    String id = session.session.id();
    sessions.remove(id);
    characters -= session.characters();
    String parentId = session.session.parentId();
    if (parentId != null) {
      find(parentId).ifPresent(parent -> parent.children.remove(id));
    }
    events.accept(new SessionEvent.Deleted(id));
  }

  private void makeRoom(@Nullable String needed) {
    while (sessions.size() >= limits.sessions()) {
      if (!forgetOne(needed)) {
        throw new SessionException(
            SessionException.Code.UNAVAILABLE,
            String.format("all %,d sessions that are kept are at work", sessions.size()));
      }
    }
  }

  /** Forgets the least recently used session that is idle and has no children, but not one. */
  private boolean forgetOne(@Nullable String needed) {
    Optional<EmbeddedSession> oldest =
        sessions.values().stream()
            .filter(session -> session.turn == null && session.children.isEmpty())
            .filter(session -> !session.session.id().equals(needed))
            .findFirst();
    oldest.ifPresent(this::remove);
    return oldest.isPresent();
  }
}
