package dev.sideline.host.cli;

import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Archives of classes that nobody starts from any more: of a jar or a JDK that is gone, or left
 * half made by a process that was killed. Each has tens of megabytes.
 */
final class OldArchives {

  private static final Logger log = LoggerFactory.getLogger(OldArchives.class);
  private static final Duration HALF_MADE = Duration.ofHours(1);
  private static final List<String> NEEDED = List.of("jar ", "jdk ");

  private OldArchives() {}

  /**
   * Deletes them. What cannot be deleted stays.
   *
   * @param folder with archives, notes to them, and nothing else
   */
  static void deleteIn(Path folder) {
    try {
      try (DirectoryStream<Path> notes =
          Files.newDirectoryStream(folder, "*" + ClassArchive.NOTE)) {
        for (Path note : notes) {
          if (isOfSomethingGone(note)) {
            String name = note.getFileName().toString();
            Files.deleteIfExists(
                folder.resolve(name.substring(0, name.length() - ClassArchive.NOTE.length())));
            Files.deleteIfExists(note);
          }
        }
      }
      Instant halfMade = Instant.now().minus(HALF_MADE);
      try (DirectoryStream<Path> drafts =
          Files.newDirectoryStream(folder, ClassArchive.DRAFT + "*")) {
        for (Path draft : drafts) {
          if (Files.getLastModifiedTime(draft).toInstant().isBefore(halfMade)) {
            Files.deleteIfExists(draft);
          }
        }
      }
    } catch (IOException e) {
      log.debug("Old archives were not deleted", e);
    }
  }

  private static boolean isOfSomethingGone(Path note) throws IOException {
    return SmallFile.read(note)
        .lines()
        .filter(line -> NEEDED.stream().anyMatch(line::startsWith))
        .anyMatch(line -> isGone(line.substring(4)));
  }

  private static boolean isGone(String place) {
    try {
      return Files.notExists(Path.of(place));
    } catch (InvalidPathException e) {
      return false; // It was written by a process with another locale.
    }
  }
}
