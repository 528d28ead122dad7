package dev.sideline.host.embedded.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How much a session is used.
 *
 * @param number ascends with the order in which sessions were created
 * @param usedMillis when it was last worked with
 * @param size how many characters it keeps
 */
record SessionUse(String id, @Nullable String parent, long number, long usedMillis, long size) {

  /**
   * Those of all sessions that are more than may stay: one that has sessions below it is used as
   * long as they are. Each comes after those below it.
   */
  static List<String> surplus(List<SessionUse> all, StoreLimits limits, long nowMillis) {
    Map<String, SessionUse> byId = new HashMap<>();
    all.forEach(use -> byId.put(use.id(), use));
    Map<String, Long> used = new HashMap<>();
    for (SessionUse use : all) {
      for (SessionUse above = use;
          above != null && used.getOrDefault(above.id(), Long.MIN_VALUE) < use.usedMillis();
          above = above.parent() == null ? null : byId.get(above.parent())) {
        used.put(above.id(), use.usedMillis());
      }
    }
    List<SessionUse> newestFirst = new ArrayList<>(all);
    newestFirst.sort(
        Comparator.comparingLong((SessionUse use) -> -used.getOrDefault(use.id(), 0L))
            .thenComparingLong(SessionUse::number)); // A parent is older than what is below it.
    long oldest = nowMillis - limits.age().toMillis();
    long characters = 0;
    long sessions = 0;
    Deque<String> surplus = new ArrayDeque<>();
    for (SessionUse use : newestFirst) {
      characters += use.size();
      sessions++;
      if (used.getOrDefault(use.id(), 0L) < oldest
          || characters > limits.characters()
          || sessions > limits.sessions()) {
        surplus.addFirst(use.id());
      }
    }
    return List.copyOf(surplus);
  }
}
