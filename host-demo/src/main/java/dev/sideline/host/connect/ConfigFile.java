package dev.sideline.host.connect;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.LinkRefusedException;
import dev.sideline.host.file.ProjectFolder;
import dev.sideline.host.file.SmallFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One file of a program's configuration, and what it has to hold for us.
 *
 * @param root out of which no link may lead
 * @param name of the file, relative to that
 * @param content what it has to hold
 * @param mebibytes how large it may be
 */
record ConfigFile(Path root, String name, FileContent content, int mebibytes) {

  ConfigFile(Path root, String name, FileContent content) {
    this(root, name, content, 1);
  }

  /** A file of the user's own, which may be reached through any link that leads somewhere. */
  static ConfigFile ofUser(Path file, FileContent content, int mebibytes) {
    Path root = file.toAbsolutePath().getRoot();
    return new ConfigFile(
        root, root.relativize(file.toAbsolutePath()).toString(), content, mebibytes);
  }

  /** How many of the folders it is in are there for it alone. */
  int foldersOfOurs() {
    return root.getParent() == null ? 0 : Path.of(name).getNameCount() - 1;
  }

  /**
   * Looks at it.
   *
   * @throws ConnectException if it is not ours to change; the message says why
   */
  FoundFile find() throws IOException {
    try {
      Path place = new ProjectFolder(root).place(name);
      return new FoundFile(this, place, text(place));
    } catch (LinkRefusedException e) {
      throw new ConnectException(String.valueOf(e.getMessage()), e);
    }
  }

  private @Nullable String text(Path place) throws ConnectException {
    Path folder = place.getParent();
    while (folder != null && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      folder = folder.getParent();
    }
    if (folder != null && !Files.isDirectory(folder)) {
      throw new ConnectException(folder + " is in the way: it has to be a folder and is none");
    }
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return null;
    }
    if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new ConnectException(place + " is in the way: it has to be a file and is none");
    }
    try {
      return SmallFile.text(SmallFile.bytes(place, mebibytes));
    } catch (IOException e) {
      throw new ConnectException(
          place + " could not be read, so it is left as it is: " + FileProblem.words(e), e);
    }
  }
}
