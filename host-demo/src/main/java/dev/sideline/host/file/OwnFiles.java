package dev.sideline.host.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/** Whose a file is. */
public final class OwnFiles {

  /** On Linux it belongs to the user of this process, who need not have a name. */
  private static final Path THIS_PROCESS = Path.of("/proc/self");

  private static final String UID = "unix:uid";

  /** What Java calls a user without a name. */
  private static final String NAMELESS = "?";

  private static final Set<PosixFilePermission> OTHERS_WRITE =
      Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

  private OwnFiles() {}

  /**
   * Makes sure that nobody else can put anything into a folder.
   *
   * @throws IOException if it is no folder, belongs to another or can be written by others
   */
  public static void requireOwnFolder(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is no folder");
    }
    PosixFileAttributeView posix =
        Files.getFileAttributeView(folder, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    boolean open =
        posix != null
            && posix.readAttributes().permissions().stream().anyMatch(OTHERS_WRITE::contains);
    if (open || belongsToAnother(folder)) {
      throw new IOException(folder + " can be written by others");
    }
  }

  /**
   * Whether a file, or a link as such, belongs to another user than the one of this process. False
   * where the system does not tell.
   */
  public static boolean belongsToAnother(Path file) throws IOException {
    String user = System.getProperty("user.name", NAMELESS);
    if (Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).getName().equals(user)) {
      return false;
    }
    if (Files.isDirectory(THIS_PROCESS)) {
      Object own = Files.getAttribute(THIS_PROCESS, UID);
      return !own.equals(Files.getAttribute(file, UID, LinkOption.NOFOLLOW_LINKS));
    }
    return !user.equals(NAMELESS);
  }
}
