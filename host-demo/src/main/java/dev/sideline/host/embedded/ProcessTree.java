package dev.sideline.host.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds all processes that a command has started. Descendants alone are not all: a process whose
 * parent has ended belongs to nobody any more. So each command gets a mark in its environment,
 * which whatever it starts inherits, and on Linux the mark is looked for in {@code /proc}. A
 * process that both clears its environment and outlives its parent is not found.
 */
final class ProcessTree {

  /** Marks of this command and of the commands that it runs inside, with slashes between. */
  static final String MARK_VARIABLE = "SIDELINE_RUN";

  private static final Path PROC = Path.of("/proc");

  private ProcessTree() {}

  /** The value of the variable for a command with a mark. */
  static String markValue(String mark) {
    String inherited = System.getenv(MARK_VARIABLE);
    return inherited == null ? mark : inherited + "/" + mark;
  }

  /** The live processes that bear one of the marks, by mark; nothing where there is no /proc. */
  static Map<String, Set<ProcessHandle>> bearing(Collection<String> marks) {
    Map<String, Set<ProcessHandle>> bearers = new HashMap<>();
    for (Path process : processes()) {
      for (String mark : marksOf(process)) {
        if (marks.contains(mark)) {
          ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
              .ifPresent(
                  handle -> bearers.computeIfAbsent(mark, any -> new HashSet<>()).add(handle));
        }
      }
    }
    return bearers;
  }

  private static List<Path> processes() {
    List<Path> processes = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      entries.forEach(processes::add);
    } catch (IOException | DirectoryIteratorException noProc) {
      return processes;
    }
    return processes;
  }

  /** A zombie has no environment, another user's process does not show it: both have no marks. */
  private static List<String> marksOf(Path process) {
    String environment;
    try {
      environment =
          new String(Files.readAllBytes(process.resolve("environ")), StandardCharsets.ISO_8859_1);
    } catch (IOException goneOrForeign) {
      return List.of();
    }
    String start = MARK_VARIABLE + "=";
    int at = environment.startsWith(start) ? 0 : environment.indexOf("\0" + start) + 1;
    if (at == 0 && !environment.startsWith(start)) {
      return List.of();
    }
    int end = environment.indexOf('\0', at);
    String value = environment.substring(at + start.length(), end < 0 ? environment.length() : end);
    return List.of(value.split("/", -1));
  }
}
