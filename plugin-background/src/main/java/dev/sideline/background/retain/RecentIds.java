package dev.sideline.background.retain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Ids that have been met lately: bounded, the least used go first. Safe for use from any thread.
 */
public final class RecentIds {

  private final Cache<String, Boolean> ids;

  /**
   * @param maxCount how many are remembered
   * @param lifetime how long
   */
  public RecentIds(int maxCount, Duration lifetime, Clock clock) {
    this.ids =
        Caffeine.newBuilder()
            .maximumSize(maxCount)
            .expireAfterWrite(lifetime)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .executor(Runnable::run)
            .build();
  }

  public void add(String id) {
    ids.put(id, true);
  }

  public boolean contains(String id) {
    return ids.getIfPresent(id) != null;
  }

  /** Forgets all. */
  public void clear() {
    ids.invalidateAll();
  }
}
