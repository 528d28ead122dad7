package dev.sideline.host.record;

import dev.sideline.host.file.FileProblem;
import dev.sideline.host.record.RecordException.Problem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Locale;

/** What is wrong with a folder, in words. */
final class Problems {

  private Problems() {}

  static RecordException of(Path folder, IOException e) {
    String why = FileProblem.words(e);
    String what = "the data folder " + folder + " cannot be used: " + why + "; ";
    return switch (kind(e, why.toLowerCase(Locale.ROOT))) {
      case FULL ->
          new RecordException(Problem.FULL, what + "make room there, or name another folder", e);
      case READ_ONLY ->
          new RecordException(
              Problem.READ_ONLY, what + "make it writable for you, or name another folder", e);
      default -> new RecordException(Problem.UNUSABLE, what + "name another folder", e);
    };
  }

  static RecordException of(Path file, SQLException e) {
    return new RecordException(
        Problem.UNUSABLE, file + " cannot be used: SQLite says " + e.getMessage(), e);
  }

  /** Java tells most of these by the system's words alone. */
  private static Problem kind(IOException e, String why) {
    if (e instanceof AccessDeniedException || why.contains("read-only")) {
      return Problem.READ_ONLY;
    }
    boolean full = why.contains("no space") || why.contains("quota");
    return full ? Problem.FULL : Problem.UNUSABLE;
  }
}
