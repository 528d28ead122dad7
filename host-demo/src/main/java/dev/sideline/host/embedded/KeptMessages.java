package dev.sideline.host.embedded;

import dev.sideline.api.Message;
import dev.sideline.host.text.TextLength;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The messages of one session, by their places. Belongs to the thread of the sessions. */
final class KeptMessages {

  private final NavigableMap<Long, Message> byNumber = new TreeMap<>();
  private final Set<String> ids = new HashSet<>();
  private long next = 1;
  private long characters;

  boolean has(String messageId) {
    return ids.contains(messageId);
  }

  /** How many characters they have, those of an answer in work apart. */
  long characters() {
    return characters;
  }

  /** Adds one behind all others, and tells its place. */
  long add(Message message) {
    long number = next;
    put(number, message);
    return number;
  }

  /** Puts one in its place, instead of the one that is there. */
  void put(long number, Message message) {
    Message before = byNumber.put(number, message);
    if (before != null) {
      gone(before);
    }
    ids.add(message.id());
    characters += TextLength.of(message);
    next = Math.max(next, number + 1);
  }

  /**
   * Drops the oldest that are too many or too much; the newest stays.
   *
   * @param writing the place of an answer in work, which stays; 0 if there is none
   * @return the place up to which they went; empty if all stay
   */
  OptionalLong trim(int maxCount, long maxCharacters, long writing) {
    OptionalLong upTo = OptionalLong.empty();
    Iterator<Map.Entry<Long, Message>> oldestFirst = byNumber.entrySet().iterator();
    while (byNumber.size() > 1
        && (byNumber.size() > maxCount || characters > maxCharacters)
        && oldestFirst.hasNext()) {
      Map.Entry<Long, Message> oldest = oldestFirst.next();
      if (oldest.getKey() != writing && oldestFirst.hasNext()) {
        upTo = OptionalLong.of(oldest.getKey());
        gone(oldest.getValue());
        oldestFirst.remove();
      }
    }
    return upTo;
  }

  private void gone(Message message) {
    ids.remove(message.id());
    characters -= TextLength.of(message);
  }

  /** Newest first, the one in work with what its agent has written by now. */
  List<Message> newest(int limit, @Nullable Turn writing) {
    List<Message> newest = new ArrayList<>();
    Iterator<Message> all = byNumber.descendingMap().values().iterator();
    while (all.hasNext() && newest.size() < limit) {
      Message message = all.next();
      newest.add(
          writing != null && writing.messageId().equals(message.id()) ? writing.soFar() : message);
    }
    return List.copyOf(newest);
  }

  /** What has come since an agent last set to work, oldest first: it was told all before that. */
  List<Message> sinceTheLastAnswer() {
    Deque<Message> since = new ArrayDeque<>();
    for (Message message : byNumber.descendingMap().values()) {
      if (message.role() == Message.Role.ASSISTANT) {
        break;
      }
      since.addFirst(message);
    }
    return List.copyOf(since);
  }
}
