package dev.sideline.host.record;

import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process that has a data folder.
 *
 * @param pid its number
 * @param version the version of its program
 * @param since when the process began
 */
public record DataOwner(long pid, String version, Instant since) {

  /**
   * How far two processes may be apart on when a third began: each computes it from the time of the
   * boot, which moves with the clock.
   */
  private static final Duration TOLERANCE = Duration.ofSeconds(5);

  static DataOwner thisProcess(String version) {
    ProcessHandle self = ProcessHandle.current();
    return new DataOwner(
        self.pid(), version, self.info().startInstant().orElseGet(() -> Instant.EPOCH));
  }

  /** Whether that process still runs, and is no other that was given its number. */
  boolean runs() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    return process.isPresent()
        && process
            .get()
            .info()
            .startInstant()
            .map(began -> Duration.between(began, since).abs().compareTo(TOLERANCE) <= 0)
            .orElse(true);
  }

  /** It in words for a person. */
  public String describe() {
    return "process " + pid + " (sideline " + version + ", since " + since + ")";
  }

  void write(Path file) throws IOException {
    WholeFile.replaceSecret(
        file, "pid=" + pid + "\nversion=" + version + "\nsince=" + since + "\n");
  }

  /** What was last written; empty if it is not there or not to be understood. */
  static Optional<DataOwner> read(Path file) {
    try {
      Map<String, String> values = new HashMap<>();
      for (String line : SmallFile.read(file).lines().toList()) {
        int is = line.indexOf('=');
        if (is > 0) {
          values.put(line.substring(0, is), line.substring(is + 1));
        }
      }
      return of(values.get("pid"), values.get("version"), values.get("since"));
    } catch (IOException | NumberFormatException | DateTimeParseException e) {
      return Optional.empty(); // Nobody says who it is.
    }
  }

  private static Optional<DataOwner> of(
      @Nullable String pid, @Nullable String version, @Nullable String since) {
    return pid == null || version == null || since == null
        ? Optional.empty()
        : Optional.of(new DataOwner(Long.parseLong(pid), version, Instant.parse(since)));
  }
}
