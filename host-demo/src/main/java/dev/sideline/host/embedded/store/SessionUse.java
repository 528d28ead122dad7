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

  /** When a session or one below it was last used; of two at one time, by the later one. */
  private record Last(long usedMillis, long number) implements Comparable<Last> {

    static final Last NEVER = new Last(Long.MIN_VALUE, 0);

    boolean isLaterThan(@Nullable Last other) {
      return other == null || compareTo(other) > 0;
    }

    @Override
    public int compareTo(Last other) {
      int byTime = Long.compare(usedMillis, other.usedMillis);
      return byTime == 0 ? Long.compare(number, other.number) : byTime;
    }
  }

  /**
   * Those of all sessions that are more than may stay: one that has sessions below it is used as
   * long as they are. Each comes after those below it.
   */
  static List<String> surplus(List<SessionUse> all, StoreLimits limits, long nowMillis) {
    Map<String, SessionUse> byId = new HashMap<>();
    all.forEach(use -> byId.put(use.id(), use));
    Map<String, Last> lasts = new HashMap<>();
    for (SessionUse use : all) {
      Last last = new Last(use.usedMillis(), use.number());
      for (SessionUse above = use;
          above != null && last.isLaterThan(lasts.get(above.id()));
          above = above.parent() == null ? null : byId.get(above.parent())) {
        lasts.put(above.id(), last);
      }
    }
    List<SessionUse> newestFirst = new ArrayList<>(all);
    newestFirst.sort(
        Comparator.comparing((SessionUse use) -> lasts.getOrDefault(use.id(), Last.NEVER))
            .reversed()
            .thenComparingLong(SessionUse::number)); // A parent is older than what is below it.
    long oldest = nowMillis - limits.age().toMillis();
    long characters = 0;
    long sessions = 0;
    Deque<String> surplus = new ArrayDeque<>();
    for (SessionUse use : newestFirst) {
      characters += use.size();
      sessions++;
      if (lasts.getOrDefault(use.id(), Last.NEVER).usedMillis() < oldest
          || characters > limits.characters()
          || sessions > limits.sessions()) {
        surplus.addFirst(use.id());
      }
    }
    return List.copyOf(surplus);
  }
}
