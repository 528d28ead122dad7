package dev.sideline.host.plugin;

import dev.sideline.host.Barrier;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line between the host and one active plugin. Every call into the plugin crosses it: the
 * thread's context class loader is the plugin's while the call lasts, and what the plugin throws
 * stays here, counted, and logged the first time for each kind of call.
 *
 * <p>Holds back everything, errors included: a missing class, an endless recursion and an array
 * that is too large end the call and not the host.
 *
 * <p>Once the plugin is being disposed no other call gets through, and its dispose begins when
 * those that were under way are over, so that nothing is running in it when it has ended.
 *
 * <p>Thread-safe.
 */
final class PluginBoundary {

  private static final Logger log = LoggerFactory.getLogger(PluginBoundary.class);

  private static final Duration UNDER_WAY_BOUND = Duration.ofMillis(100);

  private static final long LOOK_NANOS = Duration.ofMillis(1).toNanos();

  private final String pluginId;
  private final Duration underWayBound;
  private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();

  /** Null once the plugin is gone, so that nothing of the host pins its classes. */
  private volatile @Nullable ClassLoader loader;

  private final AtomicInteger underWay = new AtomicInteger();
  private volatile boolean shut;

  PluginBoundary(String pluginId, ClassLoader loader) {
    this(pluginId, loader, UNDER_WAY_BOUND);
  }

  /**
   * @param underWayBound how long dispose waits for calls that do not come back
   */
  PluginBoundary(String pluginId, ClassLoader loader, Duration underWayBound) {
    this.pluginId = pluginId;
    this.loader = loader;
    this.underWayBound = underWayBound;
  }

  /**
   * Makes a call.
   *
   * @param kind what is called, for the log: one of a few names
   * @param otherwise the result if the call fails or the plugin is gone
   */
  <T> T call(String kind, Supplier<T> call, T otherwise) {
    underWay.incrementAndGet();
    try {
      return shut ? otherwise : guarded(kind, call, otherwise);
    } finally {
      underWay.decrementAndGet();
    }
  }

  private <T> T guarded(String kind, Supplier<T> call, T otherwise) {
    ClassLoader inside = loader;
    if (inside == null) {
      return otherwise;
    }
    Throwable failure;
    Thread thread = Thread.currentThread();
    ClassLoader outside = thread.getContextClassLoader();
    thread.setContextClassLoader(inside);
    try {
      return call.get();
    } catch (Throwable e) { // the fault barrier that this class is about
      failure = e;
    } finally {
      thread.setContextClassLoader(outside);
    }
    report(kind, failure);
    return otherwise;
  }

  /** Makes the last call. */
  void dispose(Runnable dispose) {
    shut = true;
    long begun = System.nanoTime();
    while (underWay.get() > 0 && System.nanoTime() - begun < underWayBound.toNanos()) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    guarded(
        "dispose",
        () -> {
          dispose.run();
          return true;
        },
        false);
  }

  /** Makes a call that has no result. */
  void run(String kind, Runnable call) {
    call(
        kind,
        () -> {
          call.run();
          return true;
        },
        false);
  }

  /** Notes what a call has failed with. */
  void report(String kind, Throwable failure) {
    if (failures.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet() > 1) {
      return;
    }
    Barrier.run(
        "Telling what a plugin failed with",
        () ->
            log.warn(
                "Plugin {} failed in {}; the host goes on (told once)",
                pluginId,
                kind,
                FailureText.printable(failure)));
  }

  /** How often calls of a kind have failed. */
  long failures(String kind) {
    AtomicLong count = failures.get(kind);
    return count == null ? 0 : count.get();
  }

  /** Lets go of the plugin: no call gets through any more. */
  void release() {
    loader = null;
    failures.forEach(
        (kind, count) -> log.debug("Plugin {} failed {} times in {}", pluginId, count, kind));
  }
}
