package dev.sideline.host.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * A file that is there whole or not at all. What is written goes into a new file beside it, under a
 * name that nobody can foresee and nothing may have before, and that file is then put in its place
 * in one step. Whatever stands in that place is replaced, a link as a link: what it points at is
 * not touched.
 */
public final class WholeFile {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private WholeFile() {}

  /**
   * Writes a text in UTF-8, with the permissions of the file that it replaces.
   *
   * @param file its folder exists
   */
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Writes bytes, with the permissions of the file that it replaces.
   *
   * @param file its folder exists
   */
  public static void write(Path file, byte[] bytes) throws IOException {
    Path draft = draftOf(file);
    try {
      fill(draft, bytes);
      PosixFileAttributeView old =
          Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
      if (old != null && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        Files.setPosixFilePermissions(draft, old.readAttributes().permissions());
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Writes a secret that only the owner may read, unless there is something already. Of several
   * that do so at the same time, one wins, and all of them find what it has written.
   *
   * @param file its folder exists
   * @return false if there was something, which stays as it is
   */
  public static boolean createSecret(Path file, String text) throws IOException {
    Path draft = draftOf(file);
    try {
      fill(draft, text.getBytes(StandardCharsets.UTF_8), ownerOnly(file, "rw-------"));
      return put(draft, file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Writes a text that only the owner may read, in the place of what is there.
   *
   * @param file its folder exists
   */
  public static void replaceSecret(Path file, String text) throws IOException {
    Path draft = draftOf(file);
    try {
      fill(draft, text.getBytes(StandardCharsets.UTF_8), ownerOnly(file, "rw-------"));
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Makes a folder that only its owner may enter, and those that it is in, where there is none. */
  public static void createSecretFolder(Path folder) throws IOException {
    Path place = folder.toAbsolutePath();
    if (!Files.isDirectory(place)) {
      Files.createDirectories(place, ownerOnly(place, "rwx------"));
    }
  }

  /** Whether files there have an owner and permissions as POSIX knows them. */
  public static boolean hasPosixPermissions(Path place) throws IOException {
    Path there = place.toAbsolutePath();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    return Files.getFileStore(there).supportsFileAttributeView(PosixFileAttributeView.class);
  }

  /** A second name is given to a file only if nothing has it: one step, unlike look and rename. */
  private static boolean put(Path draft, Path file) throws IOException {
    try {
      Files.createLink(file, draft);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (UnsupportedOperationException | FileSystemException e) {
      return moved(draft, file); // A file system that knows no second names.
    }
  }

  private static boolean moved(Path draft, Path file) throws IOException {
    try {
      Files.move(draft, file);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private static Path draftOf(Path file) throws IOException {
    Path name = file.getFileName();
    if (name == null) {
      throw new IOException(file + " is no name of a file");
    }
    byte[] unforeseen = new byte[12];
    RANDOM.nextBytes(unforeseen);
    return file.resolveSibling("." + name + "." + HexFormat.of().formatHex(unforeseen) + ".new");
  }

  /** To the disk, so that after a crash there is no empty file under the name of a whole one. */
  private static void fill(Path draft, byte[] content, FileAttribute<?>... attributes)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    try (SeekableByteChannel channel = Files.newByteChannel(draft, NEW, attributes)) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (channel instanceof FileChannel file) {
        file.force(true);
      }
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path place, String permissions) throws IOException {
    if (!hasPosixPermissions(place)) {
      return new FileAttribute<?>[0];
    }
    Set<PosixFilePermission> only = PosixFilePermissions.fromString(permissions);
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(only)};
  }
}
