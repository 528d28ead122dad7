package dev.sideline.host.record;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.file.WholeFile;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to a folder, which one opener has at a time.
 *
 * <p>Two guards, since either alone is not enough. Within a JVM a system property is put once:
 * class loaders share those and nothing else, and two copies of SQLite that open one file in one
 * process corrupt it. Between processes a lock on a file that nobody opens for anything else: a
 * process loses its lock on a file when it closes any channel to it. So who has the folder stands
 * in a file of its own, and the property is asked before the file is opened.
 */
final class Claim implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Claim.class);

  private static final String PROPERTY = "sideline.data.claimed:";
  private static final String LOCK = "owner.lock";
  private static final String OWNER = "owner.pid";

  private final Path folder;
  private final String property;
  private final FileChannel channel;
  private boolean closed;

  private Claim(Path folder, String property, FileChannel channel) {
    this.folder = folder;
    this.property = property;
    this.channel = channel;
  }

  /**
   * Takes it.
   *
   * @param folder exists, and is no link
   * @throws RecordException if somebody has it, or it cannot be had
   */
  static Claim of(Path folder, String version) {
    DataOwner self = DataOwner.thisProcess(version);
    String property = PROPERTY + identity(folder);
    Object first = System.getProperties().putIfAbsent(property, version);
    if (first != null) {
      DataOwner here = new DataOwner(self.pid(), first.toString(), self.since());
      throw RecordException.taken(
          "this process (" + self.pid() + ") has the data folder " + folder + " open already",
          here);
    }
    Claim claim = null;
    try {
      claim = new Claim(folder, property, lock(folder));
      self.write(folder.resolve(OWNER));
      return claim;
    } catch (IOException e) {
      if (claim != null) {
        claim.close();
      }
      throw Problems.of(folder, e);
    } finally {
      if (claim == null) {
        System.getProperties().remove(property);
      }
    }
  }

  /** Who has a folder now, as far as that can be seen from here. Takes nothing. */
  static Optional<DataOwner> owner(Path folder) {
    return DataOwner.read(folder.resolve(OWNER)).filter(DataOwner::runs);
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            ownerOnly(folder));
    @Nullable FileLock held = null;
    try {
      held = channel.tryLock();
    } finally {
      if (held == null) {
        channel.close();
      }
    }
    if (held == null) {
      Optional<DataOwner> owner = owner(folder);
      throw RecordException.taken(
          owner.map(DataOwner::describe).orElse("another process")
              + " has the data folder "
              + folder
              + "; use that one, end it first, or name another folder",
          owner.orElse(null));
    }
    return channel;
  }

  /** The same for whichever path leads there. */
  private static String identity(Path folder) {
    try {
      Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
      return key == null ? folder.toString() : key.toString();
    } catch (IOException e) {
      throw new RecordException(
          Problem.MISSING,
          "the data folder " + folder + " cannot be looked at: " + FileProblem.words(e),
          e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) throws IOException {
    return WholeFile.hasPosixPermissions(folder)
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** Gives it back. The file of the lock stays: one that is removed may be locked by two. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      Files.deleteIfExists(folder.resolve(OWNER));
      channel.close();
    } catch (IOException e) {
      LOG.warn("The data folder {} was not given back: {}", folder, FileProblem.words(e));
    } finally {
      System.getProperties().remove(property);
    }
  }
}
