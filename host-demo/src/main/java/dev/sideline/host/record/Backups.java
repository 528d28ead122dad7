package dev.sideline.host.record;

import dev.sideline.host.file.WholeFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The backups of one database, in the folder {@code backups} beside it. Their names tell when they
 * were made, and why. Of those that nobody has asked for, the newest of each kind are kept.
 *
 * <p>Each is a whole database without a log, and stands under its name only when it is on the disk.
 */
final class Backups {

  /** Why one is made without anybody asking for it; also the end of its name. */
  enum Kind {
    /** Once a day, while the database is sound. */
    DAILY("daily"),
    /** Before another version of a program touches it. */
    BEFORE_UPGRADE("before-upgrade"),
    /** What was damaged, as it was before it was mended. */
    DAMAGED("damaged");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }
  }

  private static final int KEPT = 2;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  private final Path folder;
  private final String name;
  private final Clock clock;

  /**
   * @param database the file; only its name is looked at
   */
  Backups(Path database, Clock clock) {
    this.folder = database.resolveSibling("backups");
    this.name = String.valueOf(database.getFileName()).replaceFirst("\\.db$", "");
    this.clock = clock;
  }

  /** The newest from which one could go on, if there is one. */
  Optional<Path> newest() {
    return all().filter(file -> !is(file, Kind.DAMAGED)).max(Comparator.comparing(Backups::text));
  }

  /** Whether the newest is older than that, or there is none. */
  boolean olderThan(Duration age) {
    String least = name + "-" + STAMP.format(Instant.now(clock).minus(age).plusSeconds(1));
    return newest().map(Backups::text).filter(made -> made.compareTo(least) >= 0).isEmpty();
  }

  /** Makes one, and takes away the oldest of its kind. */
  Path make(Connection source, Kind kind) throws IOException, SQLException {
    Path made = newPath("-" + kind.suffix);
    into(source, made);
    prune(kind);
    return made;
  }

  /** Makes one that is kept until somebody removes it. */
  Path make(Connection source) throws IOException, SQLException {
    Path made = newPath("");
    into(source, made);
    return made;
  }

  /** A new name for what is damaged, with its folder there. */
  Path newDamaged() throws IOException {
    Path place = newPath("-" + Kind.DAMAGED.suffix);
    WholeFile.createSecretFolder(folder);
    return place;
  }

  /** Takes the oldest of a kind away. */
  void prune(Kind kind) throws IOException {
    List<Path> old =
        all()
            .filter(file -> is(file, kind))
            .sorted(Comparator.comparing(Backups::text).reversed())
            .skip(KEPT)
            .toList();
    for (Path file : old) {
      Files.deleteIfExists(file);
      Files.deleteIfExists(WalFile.path(file));
    }
  }

  /**
   * Writes a whole copy of a database, as it is now, while others go on with it.
   *
   * @param target must not exist
   */
  static void into(Connection source, Path target) throws IOException, SQLException {
    Path parent = target.toAbsolutePath().getParent();
    if (parent != null) {
      WholeFile.createSecretFolder(parent);
    }
    Path draft = target.resolveSibling("." + target.getFileName() + ".part");
    Files.deleteIfExists(draft);
    try {
      // Made here, so that nobody else can read it.
      WholeFile.createSecret(draft, "");
      try (PreparedStatement copy = source.prepareStatement("VACUUM INTO ?")) {
        copy.setString(1, draft.toString());
        copy.execute();
      }
      toDisk(draft);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** SQLite leaves that to the system. */
  private static void toDisk(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  private Path newPath(String suffix) {
    String base = name + "-" + STAMP.format(Instant.now(clock));
    Path path = folder.resolve(base + suffix + ".db");
    for (int i = 2; Files.exists(path); i++) {
      path = folder.resolve(base + "-" + i + suffix + ".db");
    }
    return path;
  }

  private Stream<Path> all() {
    Pattern ours = Pattern.compile(Pattern.quote(name) + "-\\d{8}T\\d{6}Z.*\\.db");
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> ours.matcher(text(file)).matches()).toList().stream();
    } catch (IOException e) {
      return Stream.empty(); // There are none yet, or none that can be had.
    }
  }

  private static boolean is(Path file, Kind kind) {
    return text(file).endsWith("-" + kind.suffix + ".db");
  }

  private static String text(Path file) {
    return String.valueOf(file.getFileName());
  }
}
