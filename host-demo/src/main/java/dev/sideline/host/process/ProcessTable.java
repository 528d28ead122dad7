package dev.sideline.host.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The processes that live at a moment, without those that only wait to be reaped. From {@code
 * /proc} on Linux; elsewhere from the JDK, which tells no groups, sessions, environments or limits.
 */
final class ProcessTable {

  private static final Path PROC = Path.of("/proc");
  private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
  private static final Pattern FILE_LOCKS =
      Pattern.compile("^Max file locks\\s+(\\d+)\\s", Pattern.MULTILINE);

  /** Fields of {@code stat} after the name in brackets, counted from the state. */
  private static final int STATE = 0;

  private static final int PARENT = 1;
  private static final int GROUP = 2;
  private static final int SESSION = 3;
  private static final int START = 19;
  private static final int MEMORY = 20;
  private static final int ENVIRONMENT_START = 47;
  private static final int ENVIRONMENT_END = 48;

  /** For half a second, on a busy machine. */
  private static final int MAX_TRIES = 500;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Map<Long, SystemProcess> byPid;

  private ProcessTable(Map<Long, SystemProcess> byPid) {
    this.byPid = byPid;
  }

  /** All that this user can see. */
  static ProcessTable read() {
    Map<Long, SystemProcess> all = new LinkedHashMap<>();
    if (!LINUX) {
      ProcessHandle.allProcesses()
          .forEach(handle -> of(handle).ifPresent(one -> all.put(one.pid(), one)));
      return new ProcessTable(all);
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        process(pid).ifPresent(one -> all.put(pid, one));
      }
    } catch (IOException | DirectoryIteratorException unreadable) {
      return new ProcessTable(all);
    }
    return new ProcessTable(all);
  }

  Collection<SystemProcess> all() {
    return byPid.values();
  }

  Optional<SystemProcess> get(long pid) {
    return Optional.ofNullable(byPid.get(pid));
  }

  /** This very process as it is now, if it lives. */
  Optional<SystemProcess> now(SystemProcess process) {
    return get(process.pid()).filter(process::is);
  }

  /** The live process that has an id now. */
  static Optional<SystemProcess> process(long pid) {
    if (!LINUX) {
      return ProcessHandle.of(pid).flatMap(ProcessTable::of);
    }
    try {
      return parse(pid, read(pid, "stat"));
    } catch (IOException gone) {
      return Optional.empty();
    }
  }

  /** This process. */
  static SystemProcess self() {
    long pid = ProcessHandle.current().pid();
    return process(pid).orElse(new SystemProcess(pid, 0, -1, -1, 0));
  }

  private static Optional<SystemProcess> of(ProcessHandle handle) {
    long parent = handle.parent().map(ProcessHandle::pid).orElse(0L);
    return handle
        .info()
        .startInstant()
        .map(Instant::toEpochMilli)
        .map(
            start ->
                new SystemProcess(
                    handle.pid(), parent, SystemProcess.UNKNOWN, SystemProcess.UNKNOWN, start));
  }

  /** What is after the name in brackets, which may hold anything, brackets and line ends too. */
  private static String[] fields(String stat) {
    return stat.substring(stat.lastIndexOf(") ") + 2).split(" ");
  }

  private static Optional<SystemProcess> parse(long pid, String stat) {
    String[] fields = fields(stat);
    if (fields.length <= START || fields[STATE].equals("Z") || fields[STATE].equals("X")) {
      return Optional.empty();
    }
    return Optional.of(
        new SystemProcess(
            pid,
            Long.parseLong(fields[PARENT]),
            Long.parseLong(fields[GROUP]),
            Long.parseLong(fields[SESSION]),
            Long.parseLong(fields[START])));
  }

  /** To signal this very process; empty if it is gone, and its id perhaps another's by now. */
  static Optional<ProcessHandle> handle(SystemProcess process) {
    // The handle remembers which process it found, so it is this one if it is so before and after.
    return ProcessHandle.of(process.pid())
        .filter(handle -> process(process.pid()).filter(process::is).isPresent());
  }

  /**
   * The environment that a process began with; empty where it is not shown. While a process becomes
   * another program Linux shows nothing of it, or less than all: that is waited for.
   */
  static String environment(long pid) {
    if (!LINUX) {
      return "";
    }
    try {
      String shown = read(pid, "environ");
      for (int tries = 0; tries < MAX_TRIES && !isAll(pid, shown); tries++) {
        LockSupport.parkNanos(PAUSE_NANOS);
        shown = read(pid, "environ");
      }
      return shown;
    } catch (IOException goneOrForeign) {
      return "";
    }
  }

  private static boolean isAll(long pid, String environment) throws IOException {
    String[] fields = fields(read(pid, "stat"));
    if (fields.length <= ENVIRONMENT_END || fields[MEMORY].equals("0")) {
      return true; // An old kernel does not tell; and what has no memory has no environment.
    }
    long end = Long.parseLong(fields[ENVIRONMENT_END]);
    return end != 0 && end - Long.parseLong(fields[ENVIRONMENT_START]) == environment.length();
  }

  /** How many file locks a process may have, if there is a limit; see {@link TreeSigns}. */
  static Optional<Long> fileLocks(long pid) {
    try {
      Matcher limit = FILE_LOCKS.matcher(LINUX ? read(pid, "limits") : "");
      return limit.find() ? Optional.of(Long.valueOf(limit.group(1))) : Optional.empty();
    } catch (IOException | NumberFormatException goneOrOdd) {
      return Optional.empty();
    }
  }

  /** What tells this system's process ids and times from those of another one. */
  static String place() {
    if (!LINUX) {
      return "here";
    }
    try {
      return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip()
          + " "
          + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
    } catch (IOException notTold) {
      return "unknown";
    }
  }

  private static String read(long pid, String file) throws IOException {
    return new String(
        Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve(file)),
        StandardCharsets.ISO_8859_1);
  }
}
