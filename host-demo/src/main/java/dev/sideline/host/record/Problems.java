package dev.sideline.host.record;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What is wrong with a data folder or a database in it, and what to do, in words. */
final class Problems {

  /**
   * What SQLite says: the lower byte of its <a
   * href="https://www.sqlite.org/rescode.html">codes</a>.
   */
  private static final int PRIMARY = 0xff;

  private static final int PERM = 3;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int READ_ONLY = 8;
  private static final int IO = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  /** Where there is no room for the index of the log, with the lower byte. */
  private static final int IO_NO_ROOM_FOR_INDEX = IO | (19 << 8);

  private Problems() {}

  /** Why a folder cannot be used. */
  static RecordException of(Path folder, IOException e) {
    String why = FileProblem.words(e);
    String what = "the data folder " + folder + " cannot be used: " + why + "; ";
    return switch (kind(e, why.toLowerCase(Locale.ROOT))) {
      case FULL ->
          new RecordException(
              Problem.FULL, what + "make room there, or name another folder with --data", e);
      case READ_ONLY ->
          new RecordException(
              Problem.READ_ONLY,
              what + "make it writable for you, or name another folder with --data",
              e);
      default -> new RecordException(Problem.UNUSABLE, what + "name another folder with --data", e);
    };
  }

  /** Java tells most of these by the system's words alone. */
  private static Problem kind(IOException e, String why) {
    if (e instanceof AccessDeniedException || why.contains("read-only")) {
      return Problem.READ_ONLY;
    }
    boolean full = why.contains("no space") || why.contains("quota");
    return full ? Problem.FULL : Problem.UNUSABLE;
  }

  /** Why a database cannot be used, by what SQLite says. */
  static RecordException of(Path file, SQLException e) {
    String says = String.valueOf(e.getMessage());
    if (e.getErrorCode() == IO_NO_ROOM_FOR_INDEX) {
      return full(file, says, e);
    }
    return switch (e.getErrorCode() & PRIMARY) {
      case CORRUPT -> damaged(file, says, e);
      case NOT_A_DATABASE -> foreign(file, says, e);
      case FULL -> full(file, says, e);
      case BUSY, LOCKED ->
          new RecordException(
              Problem.LOCKED,
              file
                  + " is held by another program ("
                  + says
                  + "); end that one, such as sqlite3 or a backup of the disk, and try again",
              e);
      case PERM, READ_ONLY, CANNOT_OPEN ->
          new RecordException(
              Problem.READ_ONLY,
              file
                  + " cannot be written ("
                  + says
                  + "); make it and its folder writable for you, or name another folder with"
                  + " --data",
              e);
      case IO ->
          new RecordException(
              Problem.UNUSABLE,
              file
                  + " cannot be read or written ("
                  + says
                  + "); look after the disk, or name another folder with --data"
                  + backup(file),
              e);
      default ->
          new RecordException(
              Problem.UNUSABLE, file + " cannot be used (" + says + ")" + backup(file), e);
    };
  }

  private static RecordException full(Path file, String why, Exception e) {
    return new RecordException(
        Problem.FULL,
        "there is no room on the disk of "
            + file
            + " ("
            + why
            + "); make some, or name another folder with --data. What was recorded before is"
            + " there still",
        e);
  }

  /** It is a record of ours, and not whole. */
  static RecordException damaged(Path file, String finding, @Nullable Exception e) {
    return new RecordException(
        Problem.DAMAGED,
        file
            + " is damaged ("
            + finding
            + ") and was left as it is. To save what is whole: sideline tasks check --repair --data"
            + " "
            + file.getParent()
            + backup(file),
        e);
  }

  /** It is something else. */
  static RecordException foreign(Path file, String finding, @Nullable Exception e) {
    return new RecordException(
        Problem.FOREIGN,
        file
            + " is no record of sideline ("
            + finding
            + ") and was left as it is. Put it elsewhere, or name another folder with --data"
            + backup(file),
        e);
  }

  private static String backup(Path file) {
    return new Backups(file, Clock.systemUTC())
        .newest()
        .map(path -> ". The last backup is " + path)
        .orElse(". There is no backup");
  }
}
