package dev.sideline.api.leak;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The processes that this JVM has started, directly or not, and those of them that have lost their
 * parent, as far as they are still in this JVM's process group and have not got the {@link
 * LeakCheck#JVM_VARIABLE} of another.
 */
final class Processes {

  private static final String ASSIGNMENT = LeakCheck.JVM_VARIABLE + "=";

  private static final @Nullable String OWN_JVM = System.getenv(LeakCheck.JVM_VARIABLE);

  private Processes() {}

  static Map<String, String> running() {
    Map<String, String> running = new TreeMap<>();
    Map<Long, Stat> stats = stats();
    Set<Long> descendants =
        ProcessHandle.current()
            .descendants()
            .map(ProcessHandle::pid)
            .collect(Collectors.toUnmodifiableSet());
    for (long pid : descendants) {
      Stat stat = stats.get(pid);
      if (stat == null || !stat.zombie()) {
        running.put(key(pid), describe(pid));
      }
    }
    Stat self = stats.get(ProcessHandle.current().pid());
    if (self != null) {
      stats.forEach(
          (pid, stat) -> {
            Stat parent = stats.get(stat.parent());
            boolean orphan = parent == null || parent.group() != self.group();
            if (stat.group() == self.group()
                && orphan
                && !stat.zombie()
                && !isOlder(pid)
                && !isOfAnotherJvm(pid)) {
              running.put(key(pid), "orphaned " + describe(pid));
            }
          });
    }
    return running;
  }

  /** Whether it was there before this JVM, which may run under a shell that loses its parent. */
  private static boolean isOlder(long pid) {
    Instant ours = startOf(ProcessHandle.current().pid()).orElse(Instant.MIN);
    return startOf(pid).orElse(Instant.MAX).isBefore(ours);
  }

  /** Whether a JVM has started it that the build runs beside this one. */
  private static boolean isOfAnotherJvm(long pid) {
    return words(pid, "environ")
        .filter(word -> word.startsWith(ASSIGNMENT))
        .findFirst()
        .map(word -> !word.substring(ASSIGNMENT.length()).equals(OWN_JVM))
        .orElse(false);
  }

  private static String key(long pid) {
    // With its start, as ids are used again.
    return "process " + pid + " " + startOf(pid).map(Instant::toString).orElse("");
  }

  private static Optional<Instant> startOf(long pid) {
    return ProcessHandle.of(pid).flatMap(handle -> handle.info().startInstant());
  }

  private static String describe(long pid) {
    return "process " + pid + ": " + words(pid, "cmdline").collect(Collectors.joining(" "));
  }

  private static Stream<String> words(long pid, String file) {
    String all = String.join(" ", ProcFiles.lines(Path.of("/proc/" + pid, file)));
    return Arrays.stream(all.split("\0"));
  }

  private static Map<Long, Stat> stats() {
    Map<Long, Stat> stats = new HashMap<>();
    for (Path entry : ProcFiles.entries(Path.of("/proc"))) {
      String name = entry.getFileName().toString();
      if (name.chars().allMatch(Character::isDigit)) {
        List<String> lines = ProcFiles.lines(entry.resolve("stat"));
        if (!lines.isEmpty()) {
          stats.put(Long.valueOf(name), Stat.parse(String.join(" ", lines)));
        }
      }
    }
    return stats;
  }

  /** What {@code /proc/PID/stat} tells, of which the program's name may hold anything. */
  private record Stat(char state, long parent, long group) {

    static Stat parse(String line) {
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", 4);
      return new Stat(fields[0].charAt(0), Long.parseLong(fields[1]), Long.parseLong(fields[2]));
    }

    boolean zombie() {
      return state == 'Z' || state == 'X';
    }
  }
}
