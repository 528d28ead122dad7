package dev.sideline.host.record;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a person can do about the databases of a data folder, whether or not a process has it: look
 * whether they are whole, save what is whole, and back them up.
 */
public final class DataCheck {

  /**
   * One database.
   *
   * @param file where it is
   * @param bytes how large it is, with its log
   * @param rows how many rows its tables have; without those that cannot be read
   * @param wrong what is wrong with it; empty if it is whole
   * @param unreadable rows that whoever uses the database cannot read, though the file is whole,
   *     and passes over; empty for none
   * @param newestBackup null if there is none
   */
  public record Finding(
      Path file,
      long bytes,
      Map<String, Long> rows,
      List<String> wrong,
      List<String> unreadable,
      @Nullable Path newestBackup) {

    public Finding {
      rows = Map.copyOf(rows);
      wrong = List.copyOf(wrong);
      unreadable = List.copyOf(unreadable);
    }
  }

  /**
   * What was saved of one database.
   *
   * @param rows how many rows of each table
   * @param before where the damaged one is now
   */
  public record Repaired(Path file, Map<String, Integer> rows, Path before) {

    public Repaired {
      rows = Map.copyOf(rows);
    }
  }

  private final Path folder;
  private final String version;

  /**
   * @param folder the data folder
   * @param version of this program
   */
  public DataCheck(Path folder, String version) {
    this.folder = folder;
    this.version = version;
  }

  /**
   * Looks through all of them. Nothing is changed.
   *
   * @throws RecordException if the folder cannot be looked at
   */
  public List<Finding> look() {
    List<Path> files = databases();
    if (files.isEmpty()) {
      return List.of();
    }
    NativeLibrary.load(folder);
    Claim claim;
    try {
      claim = Claim.of(real(), version);
    } catch (RecordException e) {
      if (e.problem() != Problem.TAKEN) {
        throw e;
      }
      return files.stream().map(file -> look(file, false)).toList();
    }
    try {
      return files.stream().map(file -> look(file, true)).toList();
    } finally {
      claim.close();
    }
  }

  /**
   * Puts in the place of each damaged database a new one with what is whole of it. The damaged one
   * goes to the backups. Those that are whole are left as they are.
   *
   * @throws RecordException if a process has the folder, or nothing can be saved
   */
  public List<Repaired> repair() {
    NativeLibrary.load(folder);
    List<Repaired> repaired = new ArrayList<>();
    Claim claim = Claim.of(real(), version);
    try {
      for (Path file : databases()) {
        if (!look(file, true).wrong().isEmpty()) {
          repaired.add(Repair.of(file));
        }
      }
    } finally {
      claim.close();
    }
    return repaired;
  }

  /**
   * Backs one up, also while a process has it.
   *
   * @param name as in {@link DataDirectory#database}
   * @param target a file that is not there; null for a new one in the folder {@code backups}
   * @return the file
   * @throws RecordException if it is not there or cannot be read, or the backup cannot be written
   */
  public Path backUp(String name, @Nullable Path target) {
    Path file = folder.resolve(name + ".db");
    if (!Files.exists(file)) {
      throw new RecordException(Problem.MISSING, "there is no " + file, null);
    }
    if (target != null && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new RecordException(
          Problem.UNUSABLE, target + " is there already; name a new file", null);
    }
    NativeLibrary.load(folder);
    try (Connection connection = SqliteDatabase.look(file)) {
      if (target == null) {
        return new Backups(file, Clock.systemUTC()).make(connection);
      }
      Backups.into(connection, target);
      return target;
    } catch (IOException e) {
      throw new RecordException(
          Problem.UNUSABLE, "the backup cannot be written: " + FileProblem.words(e), e);
    } catch (SQLException e) {
      throw Problems.of(file, e);
    }
  }

  private Path real() {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw Problems.of(folder, e);
    }
  }

  /** The names of the databases that there are. */
  public List<String> names() {
    return databases().stream()
        .map(file -> String.valueOf(file.getFileName()).replaceFirst("\\.db$", ""))
        .toList();
  }

  private List<Path> databases() {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).endsWith(".db"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw Problems.of(folder, e);
    }
  }

  /**
   * @param alone whether nobody has it open, so that the file itself can be looked at
   */
  private static Finding look(Path file, boolean alone) {
    List<String> wrong = new ArrayList<>();
    List<String> unreadable = new ArrayList<>();
    Map<String, Long> rows = new TreeMap<>();
    long bytes = 0;
    try {
      bytes =
          Files.size(file)
              + (Files.exists(WalFile.path(file)) ? Files.size(WalFile.path(file)) : 0);
      if (alone) {
        Soundness.lookAtFile(file);
      }
      try (Connection connection = SqliteDatabase.look(file)) {
        wrong.addAll(Soundness.findings(connection));
        Contents contents = Contents.of(connection);
        rows.putAll(contents.rows());
        wrong.addAll(contents.wrong());
        unreadable.addAll(contents.unreadable());
      }
    } catch (RecordException e) {
      wrong.add(String.valueOf(e.getMessage()));
    } catch (SQLException e) {
      wrong.add(String.valueOf(Problems.of(file, e).getMessage()));
    } catch (IOException e) {
      wrong.add(FileProblem.words(e));
    }
    return new Finding(file, bytes, rows, wrong, unreadable, newestBackup(file));
  }

  static @Nullable Path newestBackup(Path file) {
    return new Backups(file, Clock.systemUTC()).newest().orElse(null);
  }
}
