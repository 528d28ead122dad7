package dev.sideline.host.embedded;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What was sent to a session since its agent last set to work. The agent gets all of it at once,
 * oldest first; of more than it could take, the newest.
 */
final class Unread {

  private static final String BETWEEN = "\n\n";

  private final int maxCharacters;
  private final Deque<String> texts = new ArrayDeque<>();
  private long characters;
  private boolean wakes;

  Unread(int maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  /**
   * @param wakes whether the agent is to set to work on it
   */
  void add(String text, boolean wakes) {
    texts.addLast(text);
    characters += text.length();
    this.wakes |= wakes;
    while (characters > maxCharacters && texts.size() > 1) {
      characters -= texts.removeFirst().length();
    }
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
    String all = String.join(BETWEEN, texts);
    texts.clear();
    characters = 0;
    wakes = false;
    return all;
  }
}
