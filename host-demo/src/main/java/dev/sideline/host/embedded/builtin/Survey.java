package dev.sideline.host.embedded.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Walks the directory that its prompt names, or else the one that it runs in, and counts. */
public final class Survey {

  private static final long MAX_NANOS = Duration.ofMinutes(1).toNanos();

  private Survey() {}

  /** Runs it. */
  public static void main(String[] arguments) throws IOException {
    Dialogue dialogue = Dialogue.open();
    Path directory = directory(dialogue.prompt().strip());
    Census census = new Census(System.nanoTime() + MAX_NANOS);
    List<Path> parts;
    try (Stream<Path> entries = Files.list(directory)) {
      parts = entries.sorted().toList();
    }
    for (Path part : parts) {
      if (Files.isDirectory(part)) {
        dialogue.step("walk " + part.getFileName());
      }
      Files.walkFileTree(part, census);
    }
    dialogue.say(report(directory, census));
  }

  private static Path directory(String prompt) {
    try {
      Path named = Path.of(prompt);
      if (Files.isDirectory(named)) {
        return named.toAbsolutePath().normalize();
      }
    } catch (InvalidPathException notAPath) {
      return Path.of("").toAbsolutePath();
    }
    return Path.of("").toAbsolutePath();
  }

  private static String report(Path directory, Census census) {
    StringBuilder report =
        new StringBuilder(
            String.format(
                "%s has %,d files in %,d folders, %,d lines, %,d bytes.%n",
                directory, census.files(), census.folders(), census.lines(), census.bytes()));
    for (Map.Entry<String, Long> kind : census.commonest()) {
      report.append(String.format("  %,8d  %s%n", kind.getValue(), kind.getKey()));
    }
    if (census.unreadable() > 0) {
      report.append(String.format("%,d could not be read.%n", census.unreadable()));
    }
    if (census.cutShort()) {
      report.append("There is more: it stopped after a minute.\n");
    }
    return report.toString();
  }
}
