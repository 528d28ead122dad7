package dev.sideline.host.record;

import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts in the place of a damaged database a new one with what is whole of it; the damaged one goes
 * to the backups.
 */
final class Repair {

  private Repair() {}

  /**
   * Does it.
   *
   * @param file of which nobody has anything open
   * @throws RecordException if nothing can be saved, and it was left as it is
   */
  static DataCheck.Repaired of(Path file) {
    Path draft = file.resolveSibling(file.getFileName() + ".repaired");
    Path copy = file.resolveSibling(file.getFileName() + ".copy");
    try {
      remove(draft);
      remove(copy);
      Files.copy(file, copy);
      WalFile.of(file).carryOver(copy);
      SqliteDatabase.create(draft);
      Map<String, Integer> rows = carryOver(copy, draft, DataCheck.newestBackup(file));
      return new DataCheck.Repaired(file, rows, replace(file, draft));
    } catch (SQLException e) {
      throw new RecordException(
          Problem.DAMAGED,
          "nothing can be saved of "
              + file
              + " ("
              + e.getMessage()
              + "); it was left as it is. Put it elsewhere, and the newest backup in its place if"
              + " there is one: "
              + Objects.requireNonNullElse(DataCheck.newestBackup(file), "there is none"),
          e);
    } catch (IOException e) {
      throw Problems.of(file, e);
    } finally {
      remove(copy);
      remove(draft);
    }
  }

  private static Map<String, Integer> carryOver(Path copy, Path draft, @Nullable Path backup)
      throws SQLException {
    try (Connection damaged = SqliteDatabase.look(copy);
        Connection whole = SqliteDatabase.look(draft)) {
      Soundness.claim(draft, whole);
      if (backup == null) {
        return Salvage.carryOver(damaged, whole, null);
      }
      try (Connection older = SqliteDatabase.look(backup)) {
        return Salvage.carryOver(damaged, whole, older);
      }
    }
  }

  /** In an order in which there is, at each moment, either what was or what is to be. */
  private static Path replace(Path file, Path whole) throws IOException {
    Backups backups = new Backups(file, Clock.systemUTC());
    Path before = backups.newDamaged();
    Path log = WalFile.path(file);
    Files.copy(file, before);
    if (Files.exists(log)) {
      Files.move(log, WalFile.path(before), StandardCopyOption.ATOMIC_MOVE);
    }
    Files.deleteIfExists(file.resolveSibling(file.getFileName() + "-shm"));
    Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
    backups.prune(Backups.Kind.DAMAGED);
    return before;
  }

  private static void remove(Path database) {
    for (String suffix : List.of("", "-wal", "-shm")) {
      try {
        Files.deleteIfExists(database.resolveSibling(database.getFileName() + suffix));
      } catch (IOException e) {
        throw Problems.of(database, e);
      }
    }
  }
}
