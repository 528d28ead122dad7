package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.api.ModelRef;
import dev.sideline.api.Session;
import dev.sideline.host.text.TextLength;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session with its messages. Belongs to the thread of the sessions. */
final class EmbeddedSession {

  private static final int MAX_ALLOWED = 100;

  final Session session;

  /** Shared with its parent and its children. */
  final SessionTree tree;

  /** Ids of its children, oldest first. */
  final Set<String> children = new LinkedHashSet<>();

  /** What was sent to it and no agent has been told yet. */
  final Unread unread;

  /** The agent of its newest prompt that named one. */
  @Nullable String agent;

  /** The model and variant of its newest prompt; null for the agent's own. */
  @Nullable ModelRef model;

  @Nullable String variant;

  /** What it is doing; null if it is idle. */
  @Nullable Turn turn;

  /** It goes as soon as it is idle. */
  boolean deleting;

  /** What its commands may do without asking again, by the words of their requests. */
  private final Set<String> allowed = new LinkedHashSet<>();

  private final Deque<Message> messages = new ArrayDeque<>();

  EmbeddedSession(Session session, SessionTree tree, int maxUnreadCharacters) {
    this.session = session;
    this.tree = tree;
    this.unread = new Unread(maxUnreadCharacters);
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

  boolean has(String messageId) {
    return messages.stream().anyMatch(message -> message.id().equals(messageId));
  }

  int messageCount() {
    return messages.size();
  }

  void add(Message message) {
    messages.addLast(message);
  }

  Message removeOldest() {
    return messages.removeFirst();
  }

  /** Puts the finished answer in the place of the one that was being written. */
  void replaceAnswer(Message finished) {
    List<Message> newer = new ArrayList<>();
    Message last = messages.removeLast();
    while (!last.id().equals(finished.id())) {
      newer.add(0, last);
      last = messages.removeLast();
    }
    messages.addLast(finished);
    messages.addAll(newer);
  }

  /** Newest first, with what the agent has written by now. */
  List<Message> newest(int limit) {
    List<Message> newest = new ArrayList<>();
    Iterator<Message> all = messages.descendingIterator();
    while (all.hasNext() && newest.size() < limit) {
      newest.add(asWrittenByNow(all.next()));
    }
    return List.copyOf(newest);
  }

  private Message asWrittenByNow(Message message) {
    Turn writing = turn;
    if (writing != null && writing.messageId().equals(message.id())) {
      return writing.soFar();
    }
    return message;
  }

  /** How many characters its messages have, those of an answer in work apart. */
  long characters() {
    return messages.stream().mapToLong(TextLength::of).sum();
  }
}
