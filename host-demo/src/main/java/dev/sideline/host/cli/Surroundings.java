package dev.sideline.host.cli;

import dev.sideline.host.cli.tour.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What whoever gave a command has from the system. It may be another process than the one that
 * carries the command out, and so nothing that is the caller's is asked of the system itself.
 *
 * @param directory its working directory, absolute
 * @param environment its environment variables
 * @param processes its own process and those that it comes from, the nearest first
 * @param terminal whether a person sees what it writes at once
 * @param config the text of the configuration file that its command line names, if that was read
 *     already; else null
 */
record Surroundings(
    Path directory,
    Map<String, String> environment,
    List<Long> processes,
    boolean terminal,
    @Nullable String config) {

  /** Who has started what has lost whoever started it. */
  private static final long INIT = 1;

  Surroundings {
    environment = Map.copyOf(environment);
    processes = List.copyOf(processes);
  }

  /** Those of this process. */
  static Surroundings ofThisProcess() {
    return new Surroundings(
        Path.of("").toAbsolutePath(),
        System.getenv(),
        ownProcesses(),
        Terminal.outputIsTerminal(),
        null);
  }

  private static List<Long> ownProcesses() {
    List<Long> processes = new ArrayList<>();
    Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
    while (process.isPresent()) {
      processes.add(process.get().pid());
      process = process.get().parent();
    }
    return processes;
  }

  /** A file as the caller has named it, absolute. */
  Path resolve(Path named) {
    return directory.resolve(named);
  }

  /** The process that has started the caller; none if it was lost. */
  Optional<Long> parent() {
    return processes.stream().skip(1).findFirst().filter(parent -> parent != INIT);
  }
}
