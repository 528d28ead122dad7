package dev.sideline.host.connect;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Folders that go if nothing is in them any more, the innermost first. */
final class EmptyFolders {

  private final List<Path> folders = new ArrayList<>();

  void add(List<Path> more) {
    folders.addAll(more);
  }

  /** Deletes those that are empty. */
  void delete(Undo undo) throws IOException {
    List<Path> innermostFirst =
        folders.stream()
            .distinct()
            .sorted(Comparator.comparing(Path::getNameCount).reversed())
            .toList();
    for (Path folder : innermostFirst) {
      if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        deleteIfEmpty(folder, undo);
      }
    }
  }

  private static void deleteIfEmpty(Path folder, Undo undo) throws IOException {
    try {
      Files.delete(folder);
      undo.add(() -> Files.createDirectory(folder));
    } catch (DirectoryNotEmptyException e) {
      // Something else is in it: it stays.
    }
  }
}
