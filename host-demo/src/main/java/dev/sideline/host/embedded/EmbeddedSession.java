package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Session;
import dev.sideline.host.embedded.store.StoredMessage;
import dev.sideline.host.embedded.store.StoredSession;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session with its messages. Belongs to the thread of the sessions. */
final class EmbeddedSession {

  private static final int MAX_ALLOWED = 100;

  final Session session;

  /** Ascends with the order in which sessions were created. */
  final long number;

  /** Shared with its parent and its children. */
  final SessionTree tree;

  /** Ids of its children that are in memory, oldest first. */
  final Set<String> children = new LinkedHashSet<>();

  /** What was sent to it and no agent has been told yet. */
  final Unread unread;

  /** Those that are kept. Of one that was read for the sake of a child, none until they are. */
  final KeptMessages messages = new KeptMessages();

  /** Whether its messages are there. */
  boolean complete = true;

  /** The agent of its newest prompt that named one. */
  @Nullable String agent;

  /** The model and variant of its newest prompt; null for the agent's own. */
  @Nullable ModelRef model;

  @Nullable String variant;

  /** What it is doing; null if it is idle. */
  @Nullable Turn turn;

  /** It goes as soon as it is idle. */
  boolean deleting;

  /** When it was last worked with, by the clock. Of use only where there is a record. */
  long usedMillis;

  /** How far the record has to be for its messages to be in it. */
  long recordedAt;

  /** What its commands may do without asking again, by the words of their requests. */
  private final Set<String> allowed = new LinkedHashSet<>();

  EmbeddedSession(Session session, long number, SessionTree tree, int maxUnreadCharacters) {
    this.session = session;
    this.number = number;
    this.tree = tree;
    this.unread = new Unread(maxUnreadCharacters);
  }

  /** One as it was recorded, still without its messages. */
  static EmbeddedSession of(StoredSession row, SessionTree tree, int maxUnreadCharacters) {
    EmbeddedSession session =
        new EmbeddedSession(row.session(), row.number(), tree, maxUnreadCharacters);
    session.agent = row.state().agent();
    session.model = row.state().model();
    session.variant = row.state().variant();
    session.allowed.addAll(row.allowed());
    session.usedMillis = row.state().usedMillis();
    session.complete = false;
    return session;
  }

  /** Takes its messages as they were recorded. None of them sets its agent to work by itself. */
  void complete(List<StoredMessage> recorded) {
    recorded.forEach(row -> messages.put(row.number(), row.message()));
    messages
        .sinceTheLastAnswer()
        .forEach(message -> unread.add(message.id(), message.text(), false));
    complete = true;
  }

  boolean allows(String what) {
    return allowed.contains(what);
  }

  /** Allows something from now on; of too much, what was allowed first is asked for again. */
  void allow(String what) {
    if (allowed.size() >= MAX_ALLOWED) {
      allowed.remove(allowed.iterator().next());
    }
    allowed.add(what);
  }

  /** What was allowed, first what was allowed first. */
  List<String> allowed() {
    return List.copyOf(allowed);
  }

  /** Newest first, with what the agent has written by now. */
  List<Message> newest(int limit) {
    return messages.newest(limit, turn);
  }

  /** How many characters it keeps, those of an answer in work apart. */
  long characters() {
    return session.title().length()
        + session.metadata().entrySet().stream()
            .mapToLong(entry -> entry.getKey().length() + entry.getValue().length())
            .sum()
        + messages.characters();
  }
}
