package dev.sideline.host.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import org.jspecify.annotations.Nullable;

/**
 * A configuration file as it is.
 *
 * @param place where it really is, or would be made
 * @param text what is in it, to the byte, for it is sound UTF-8; null if there is no file
 */
record FoundFile(ConfigFile file, Path place, @Nullable String text) {

  /** What its content says of it, with the file's name before it. */
  ConnectException told(RefusedException refused) {
    return new ConnectException(place + ": " + refused.getMessage(), refused);
  }

  /**
   * Makes sure that it may be changed, for one that is put in its place by name would be changed
   * even if it is read-only.
   *
   * @throws ConnectException if it or the folder it is in is read-only
   */
  void requireWritable() throws IOException {
    if (text != null) {
      requireWritable(place);
    }
    Path folder = place.getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    if (folder != null) {
      requireWritable(folder);
    }
  }

  private static void requireWritable(Path there) throws IOException {
    PosixFileAttributeView posix = Files.getFileAttributeView(there, PosixFileAttributeView.class);
    boolean nobodyMay =
        posix != null
            && posix.readAttributes().permissions().stream()
                .noneMatch(permission -> permission.name().endsWith("_WRITE"));
    if (nobodyMay || !Files.isWritable(there)) {
      throw new ConnectException(there + " is read-only, so it is left as it is");
    }
  }
}
