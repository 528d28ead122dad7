package dev.sideline.background.retain;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ids that have been met lately: bounded, the least used go first. Safe for use from any thread.
 */
public final class RecentIds {

  private final Cache<String, Boolean> ids;

  /**
   * @param maxCount how many are remembered
   * @param lifetime how long
   * @param nowMillis the time, in milliseconds; may be read from any thread
   */
  public RecentIds(int maxCount, Duration lifetime, LongSupplier nowMillis) {
    this.ids =
        Caffeine.newBuilder()
            .maximumSize(maxCount)
            .expireAfterWrite(lifetime)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(nowMillis.getAsLong()))
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
