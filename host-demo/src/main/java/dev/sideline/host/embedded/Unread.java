package dev.sideline.host.embedded;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Collectors;

/**
 * What was sent to a session since its agent last set to work. The agent gets all of it at once,
 * oldest first; of more than it could take, the newest.
 */
final class Unread {

  private static final String BETWEEN = "\n\n";

  private record Text(String messageId, String text) {}

  private final int maxCharacters;
  private final Deque<Text> texts = new ArrayDeque<>();
  private long characters;
  private boolean wakes;

  Unread(int maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  /**
   * @param wakes whether the agent is to set to work on it
   */
  void add(String messageId, String text, boolean wakes) {
    texts.addLast(new Text(messageId, text));
    characters += text.length();
    this.wakes |= wakes;
    while (characters > maxCharacters && texts.size() > 1) {
      characters -= texts.removeFirst().text().length();
    }
  }

  /** Whether a message is among it. */
  boolean has(String messageId) {
    return texts.stream().anyMatch(text -> text.messageId().equals(messageId));
  }

  /** Whether the agent is to set to work. */
  boolean wakes() {
    return wakes;
  }

  /** Leaves what there is for the next time that the agent is woken. */
  void letSleep() {
    wakes = false;
  }

  /** All of it as one prompt; nothing is unread after that. */
  String take() {
    String all = texts.stream().map(Text::text).collect(Collectors.joining(BETWEEN));
    texts.clear();
    characters = 0;
    wakes = false;
    return all;
  }
}
