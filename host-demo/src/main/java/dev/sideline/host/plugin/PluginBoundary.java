package dev.sideline.host.plugin;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The line between the host and one active plugin. Every call into the plugin crosses it: the
 * thread's context class loader is the plugin's while the call lasts, and what the plugin throws
 * stays here, counted, and logged the first time for each kind of call.
 *
 * <p>Holds back everything that a plugin can cause, errors included: a missing class, an endless
 * recursion and an array that is too large end the call and not the host. Other {@link
 * VirtualMachineError}s mean that the machine itself is broken, and pass.
 *
 * <p>Thread-safe.
 */
final class PluginBoundary {

  private static final Logger log = LoggerFactory.getLogger(PluginBoundary.class);

  private final String pluginId;
  private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();

  /** Null once the plugin is gone, so that nothing of the host pins its classes. */
  private volatile @Nullable ClassLoader loader;

  PluginBoundary(String pluginId, ClassLoader loader) {
    this.pluginId = pluginId;
    this.loader = loader;
  }

  /**
   * Makes a call.
   *
   * @param kind what is called, for the log: one of a few names
   * @param otherwise the result if the call fails or the plugin is gone
   */
  <T> T call(String kind, Supplier<T> call, T otherwise) {
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
    if (fatal(failure)) {
      throw (VirtualMachineError) failure;
    }
    if (failures.computeIfAbsent(kind, k -> new AtomicLong()).incrementAndGet() > 1) {
      return;
    }
    Throwable shown = FailureText.printable(failure);
    log.warn("Plugin {} failed in {}; the host goes on (told once)", pluginId, kind, shown);
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

  /** Whether a failure must not be held back; see the class comment. */
  static boolean fatal(Throwable failure) {
    return failure instanceof VirtualMachineError
        && !(failure instanceof StackOverflowError)
        && !(failure instanceof OutOfMemoryError);
  }
}
