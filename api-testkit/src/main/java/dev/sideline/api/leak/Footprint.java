package dev.sideline.api.leak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What this JVM occupies at one moment.
 *
 * @param things a description of each, by a key that no later thing has
 */
record Footprint(Map<String, String> things) {

  /**
   * Threads that the JVM, the JDK, JUnit and libraries start once and keep, whoever's call it was
   * that came first. OkHttp's and Okio's serve all clients of the JVM and go when idle for a
   * minute.
   */
  private static final Pattern KEPT_THREADS =
      Pattern.compile(
          "Attach Listener|Common-Cleaner|Cleaner-\\d+|CompletableFutureDelayScheduler"
              + "|DestroyJavaVM|Finalizer|ForkJoinPool\\.commonPool-.*|Keep-Alive-Timer"
              + "|Notification Thread|OkHttp TaskRunner|Okio Watchdog|Reference Handler"
              + "|Signal Dispatcher|awaitility-thread.*|executor-signal-handler|junit-.*"
              + "|main|ping-.*|process reaper.*|surefire-.*");

  static Footprint take() {
    Map<String, String> things = new TreeMap<>(Sockets.open());
    things.putAll(Processes.running());
    things.putAll(TemporaryFiles.present());
    for (Thread thread : threads()) {
      if (!KEPT_THREADS.matcher(thread.getName()).matches()) {
        things.put("thread " + thread.getId(), describe(thread));
      }
    }
    return new Footprint(things);
  }

  /** What is here and was not there before, described. */
  List<String> beyond(Footprint before) {
    List<String> left = new ArrayList<>();
    things.forEach(
        (key, description) -> {
          if (!before.things.containsKey(key)) {
            left.add(description);
          }
        });
    return left;
  }

  /** What is in either. */
  Footprint and(Footprint other) {
    Map<String, String> both = new TreeMap<>(things);
    both.putAll(other.things);
    return new Footprint(both);
  }

  private static Iterable<Thread> threads() {
    return Thread.getAllStackTraces().keySet();
  }

  private static String describe(Thread thread) {
    StackTraceElement[] stack = thread.getStackTrace();
    String at =
        List.of(stack).stream().limit(8).map(Object::toString).collect(Collectors.joining(" < "));
    return "thread '" + thread.getName() + "' (" + thread.getState() + ") at " + at;
  }
}
