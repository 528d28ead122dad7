package dev.sideline.host.connect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;

/** Replaces a file in one step, so that nobody ever reads half of it. */
final class FileInPlace {

  private FileInPlace() {}

  /**
   * Writes a text. Missing directories are made; a symbolic link is followed, and permissions are
   * kept.
   */
  static void write(Path file, String text) throws IOException {
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    Path directory = target.getParent();
    if (directory == null) {
      throw new IOException(file + " is not in a directory");
    }
    Files.createDirectories(directory);
    Path draft = directory.resolve("." + target.getFileName() + ".sideline-new");
    try {
      Files.writeString(draft, text);
      PosixFileAttributeView old = Files.getFileAttributeView(target, PosixFileAttributeView.class);
      if (old != null && Files.exists(target)) {
        Files.setPosixFilePermissions(draft, old.readAttributes().permissions());
      }
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
