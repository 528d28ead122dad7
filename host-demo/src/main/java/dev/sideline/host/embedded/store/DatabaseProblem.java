package dev.sideline.host.embedded.store;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What databases say when they cannot record. SQLite's driver tells it by its result codes (<a
 * href="https://www.sqlite.org/rescode.html">sqlite.org/rescode.html</a>), all others by SQLSTATE.
 */
final class DatabaseProblem {

  private static final int PRIMARY = 0xff;
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int READ_ONLY = 8;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int NOT_A_DATABASE = 26;

  /** Too big, against a constraint, of another type, out of range. */
  private static final Set<Integer> OF_WHAT_IS_WRITTEN = Set.of(18, 19, 20, 25);

  private DatabaseProblem() {}

  /** Whether it is a matter of what was to be written, and all else can be. */
  static boolean isOfWhatIsWritten(Throwable thrown) {
    if (!(thrown instanceof SQLException e)) {
      return true; // It did not come as far as to the database.
    }
    if (isOfSqlite(e)) {
      return OF_WHAT_IS_WRITTEN.contains(e.getErrorCode() & PRIMARY);
    }
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.startsWith("23"));
  }

  /** Whether it may well work in a moment. */
  static boolean mayPass(Throwable thrown) {
    if (!(thrown instanceof SQLException e)) {
      return false;
    }
    if (isOfSqlite(e)) {
      int code = e.getErrorCode() & PRIMARY;
      return code == BUSY || code == LOCKED;
    }
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("40");
  }

  /** What happened, in words. */
  static String describe(Throwable thrown) {
    String says = says(thrown);
    if (!(thrown instanceof SQLException e) || !isOfSqlite(e)) {
      return "the database says: " + says;
    }
    return switch (e.getErrorCode() & PRIMARY) {
      case BUSY, LOCKED -> "another program holds the database (" + says + ")";
      case READ_ONLY -> "the database is read-only (" + says + ")";
      case CORRUPT -> "the database is damaged (" + says + ")";
      case FULL -> "the disk is full (" + says + ")";
      case NOT_A_DATABASE -> "the file is no database (" + says + ")";
      default -> "the database says: " + says;
    };
  }

  private static String says(Throwable thrown) {
    @Nullable String message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : message;
  }

  /** By the name of its class: which driver there is, is up to whoever opens the database. */
  private static boolean isOfSqlite(SQLException e) {
    return e.getClass().getName().toLowerCase(Locale.ROOT).contains("sqlite");
  }
}
