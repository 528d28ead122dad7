package dev.sideline.host.record;

import dev.sideline.host.file.OwnFiles;
import dev.sideline.host.file.WholeFile;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * A folder of a user for what is kept, and the databases in it, in the hands of one owner: whoever
 * has claimed it, until {@link #close} or the end of the process, however that comes. Nobody but
 * the user of this process can enter it.
 *
 * <p>Thread-safe.
 */
public final class DataDirectory implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private static final Pattern NETWORK =
      Pattern.compile(
          "nfs\\d?|cifs|smb\\w*|afs|afpfs|ncpfs|coda|webdav|(fuse\\.)?(sshfs|davfs\\d?)");

  private final Path folder;
  private final String version;
  private final Claim claim;
  private final DailyBackups backups;
  private final Map<String, SqliteDatabase> databases = new TreeMap<>();
  private boolean closed;

  private DataDirectory(Path folder, String version, Claim claim) {
    this.folder = folder;
    this.version = version;
    this.claim = claim;
    this.backups = new DailyBackups();
  }

  /**
   * Takes a folder, which is made if it is not there.
   *
   * @param version of this program, for others to be told
   * @throws RecordException if somebody else has it, with who that is; if others may write there;
   *     or if it cannot be had for another reason, which the message says
   */
  public static DataDirectory claim(Path folder, String version) {
    Path real = prepared(folder);
    return new DataDirectory(real, version, Claim.of(real, version));
  }

  /**
   * Who has a folder now, as far as that can be seen: not across the borders of a container. Opens
   * and takes nothing.
   */
  public static Optional<DataOwner> owner(Path folder) {
    return Claim.owner(folder);
  }

  /** The folder, without links in its path. */
  public Path path() {
    return folder;
  }

  /** A database of this program's own. As {@link #database(String, String)} otherwise. */
  public DataSource database(String name) {
    return database(name, version);
  }

  /**
   * A database of the folder, the same for the same name: {@code NAME.db}, made when it is first
   * asked for. What is committed there is on the disk. Its connections are for one thread at a time
   * each; those that are still open when the folder is given back are closed then.
   *
   * <p>It is looked through, which takes about half a second for each gigabyte, and backed up if
   * another version was the last to use it. While it is open it is backed up once a day.
   *
   * @param name lower-case letters, digits, {@code -} and {@code _}
   * @param version of what will use it
   * @throws RecordException if it cannot be used; nothing is changed in it then
   */
  public synchronized DataSource database(String name, String version) {
    if (closed) {
      throw new IllegalStateException("the data folder " + folder + " has been given back");
    }
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + name + "' is no name of a database");
    }
    SqliteDatabase open = databases.get(name);
    if (open == null) {
      NativeLibrary.load(folder);
      Path file = folder.resolve(name + ".db");
      open = SqliteDatabase.open(file, version);
      databases.put(name, open);
      backups.add(file);
    }
    return open;
  }

  /** The newest backup of a database, to go on from if that cannot be used. */
  public Optional<Path> newestBackup(String name) {
    return new Backups(folder.resolve(name + ".db"), Clock.systemUTC()).newest();
  }

  /** Closes what is open, and gives the folder back. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      backups.close();
      databases.values().forEach(SqliteDatabase::close);
    } finally {
      claim.close();
    }
  }

  private static Path prepared(Path folder) {
    try {
      WholeFile.createSecretFolder(folder);
      Path real = folder.toRealPath();
      keepOthersOut(real);
      Optional<String> unsafe = unsafeDisk(real);
      if (unsafe.isPresent()) {
        throw new RecordException(Problem.UNUSABLE, unsafe.get(), null);
      }
      return real;
    } catch (IOException e) {
      throw Problems.of(folder, e);
    }
  }

  /**
   * Why no record is safe in a folder, in words for a person; nothing if one is. The index of the
   * log is memory that is shared through a file, which is not the same on two machines.
   *
   * @param folder exists
   * @throws IOException if it cannot be looked at
   */
  public static Optional<String> unsafeDisk(Path folder) throws IOException {
    return unsafeDisk(folder, Files.getFileStore(folder).type());
  }

  /**
   * The same.
   *
   * @param type of the file system, as the system names it
   */
  static Optional<String> unsafeDisk(Path folder, String type) {
    return NETWORK.matcher(type.toLowerCase(Locale.ROOT)).matches()
        ? Optional.of(
            "the data folder "
                + folder
                + " lies on another machine ("
                + type
                + "), where no record is safe; name one on a disk of this machine with --data")
        : Optional.empty();
  }

  /** Whoever could write there could have put a database of theirs in the place of ours. */
  private static void keepOthersOut(Path folder) throws IOException {
    if (!WholeFile.hasPosixPermissions(folder)) {
      return;
    }
    Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(folder);
    if (OwnFiles.belongsToAnother(folder) || allowed.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new RecordException(
          Problem.NOT_OURS,
          "the data folder "
              + folder
              + " belongs to another user, or everybody may write there; name one of your own",
          null);
    }
    if (!allowed.equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
  }
}
