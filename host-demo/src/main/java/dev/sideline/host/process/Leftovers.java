package dev.sideline.host.process;

import dev.sideline.host.Barrier;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what hosts have left behind that were killed together with their watchers. */
final class Leftovers {

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
  private static final int MAX_RECORDS = 1_000;

  /** What comes from another boot or container cannot be looked into, and is kept for this long. */
  private static final Duration KEPT = Duration.ofDays(30);

  private Leftovers() {}

  /** Looks through the records of a folder. Takes half a second or so if there is anything. */
  static void end(Path records) {
    if (!Files.isDirectory(records)) {
      return;
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(records)) {
      for (Path file : all) {
        if (files.size() < MAX_RECORDS) {
          files.add(file);
        }
      }
    } catch (IOException e) {
      log.info("What hosts may have left behind cannot be read: {}", e.toString());
    }
    files.forEach(file -> Barrier.run("Ending what a host has left", () -> endOf(file)));
  }

  private static void endOf(Path file) {
    try {
      TreeRecord.Content content = TreeRecord.read(file);
      if (!content.place().equals(ProcessTable.place())) {
        deleteIfOld(file);
      } else if (isOver(content)) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.info("{} tells nothing of a host: {}", file, e.toString());
      deleteIfOld(file);
    }
  }

  /** Whether nothing of it is left, after this has ended it if its host is gone. */
  private static boolean isOver(TreeRecord.Content content) {
    ProcessTable table = ProcessTable.read();
    if (table.now(content.host()).isPresent() || content.signs().markThisProcess()) {
      return false;
    }
    if (content.signs().living(table, content.roots()).isEmpty()) {
      return true;
    }
    log.warn("The host with process id {} was killed; what it left ends", content.host().pid());
    return new TreeEnd(
            () -> content.signs().living(ProcessTable.read(), content.roots()),
            Duration.ofMillis(ProcessTrees.KILL_MILLIS))
        .complete();
  }

  private static void deleteIfOld(Path file) {
    try {
      Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
      if (written.isBefore(Instant.now().minus(KEPT))) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      log.debug("{} is left for the next time", file, e);
    }
  }
}
