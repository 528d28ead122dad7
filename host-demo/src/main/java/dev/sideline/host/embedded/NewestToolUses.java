package dev.sideline.host.embedded;

import dev.sideline.api.ToolUse;
import dev.sideline.host.text.TextLength;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The newest tool calls of a command, in so far as there is room for them. Not thread-safe. */
final class NewestToolUses {

  private static final int MAX = 1_000;

  private final int maxCharacters;
  private final Deque<ToolUse> kept = new ArrayDeque<>();
  private long characters;

  /**
   * @param maxCharacters of all that are kept together; of a longer one, itself
   */
  NewestToolUses(int maxCharacters) {
    this.maxCharacters = maxCharacters;
  }

  void add(ToolUse use) {
    kept.add(use);
    characters += TextLength.of(use);
    while (kept.size() > MAX || (characters > maxCharacters && kept.size() > 1)) {
      characters -= TextLength.of(kept.remove());
    }
  }

  /** Null if there is none. */
  @Nullable ToolUse last() {
    return kept.peekLast();
  }

  void replaceLast(ToolUse use) {
    characters -= TextLength.of(kept.removeLast());
    add(use);
  }

  /** Oldest first. */
  List<ToolUse> all() {
    return List.copyOf(kept);
  }

  /** Oldest first; none is kept any more. */
  List<ToolUse> take() {
    List<ToolUse> taken = all();
    kept.clear();
    characters = 0;
    return taken;
  }
}
