package dev.sideline.host.connect;

import dev.sideline.host.connect.FileChange.Kind;
import dev.sideline.host.file.ProjectFolder;
import dev.sideline.host.file.SmallFile;
import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change of a file that is worked out and not made yet.
 *
 * @param found the file as it was when that was done
 * @param after what will be in it; null for no file
 */
record FileEdit(FoundFile found, @Nullable String after, Kind kind) {

  boolean changesSomething() {
    return !Objects.equals(found.text(), after);
  }

  /** Makes the folders that the file is in, and tells those that were not there. */
  List<Path> makeFolders(Undo undo) throws IOException {
    List<Path> made = ProjectFolder.makeFoldersOf(found.place());
    for (Path folder : made) {
      undo.add(() -> Files.deleteIfExists(folder));
    }
    return made;
  }

  /**
   * Makes the change.
   *
   * @throws ConnectException if somebody else has changed the file in the meantime
   */
  void make(Undo undo) throws IOException {
    Path place = found.place();
    refuseIfChanged();
    String before = found.text();
    if (before == null) {
      undo.add(() -> Files.deleteIfExists(place));
    } else {
      Set<PosixFilePermission> permissions = permissions(place);
      undo.add(() -> restore(place, before, permissions));
    }
    if (after == null) {
      Files.deleteIfExists(place);
    } else {
      WholeFile.write(place, after);
    }
  }

  private static void restore(
      Path place, String before, @Nullable Set<PosixFilePermission> permissions)
      throws IOException {
    WholeFile.write(place, before);
    if (permissions != null) {
      Files.setPosixFilePermissions(place, permissions);
    }
  }

  private static @Nullable Set<PosixFilePermission> permissions(Path place) throws IOException {
    PosixFileAttributeView posix =
        Files.getFileAttributeView(place, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    return posix == null ? null : posix.readAttributes().permissions();
  }

  private void refuseIfChanged() throws IOException {
    Path place = found.place();
    String now =
        Files.exists(place, LinkOption.NOFOLLOW_LINKS)
            ? SmallFile.text(
                SmallFile.bytes(place, found.file().mebibytes(), LinkOption.NOFOLLOW_LINKS))
            : null;
    if (!Objects.equals(now, found.text())) {
      throw new ConnectException(
          place + " was changed by something else at the same moment; try again");
    }
  }

  FileChange told() {
    boolean asBefore = kind == Kind.GIVEN_BACK || kind == Kind.DELETED;
    List<String> lines = asBefore ? List.of() : found.file().content().changes(found.text(), after);
    return new FileChange(found.place(), kind, lines);
  }

  /** The folders between the file and the project's, the innermost first, if it goes. */
  List<Path> foldersWithin() {
    List<Path> folders = new ArrayList<>();
    Path folder = found.place().getParent();
    int levels = found.text() != null && after == null ? found.file().foldersOfOurs() : 0;
    for (int level = 0; level < levels && folder != null; level++) {
      folders.add(folder);
      folder = folder.getParent();
    }
    return folders;
  }
}
