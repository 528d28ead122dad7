package dev.sideline.background.store;

import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What databases say when they cannot record. SQLite's drivers tell it by its result codes (<a
 * href="https://www.sqlite.org/rescode.html">sqlite.org/rescode.html</a>), all others by SQLSTATE.
 */
final class DatabaseErrors {

  private static final int PRIMARY = 0xff;
  private static final int READ_ONLY = 8;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int TOO_BIG = 18;
  private static final int NOT_A_DATABASE = 26;
  private static final Set<Integer> FOR_GOOD =
      Set.of(READ_ONLY, CORRUPT, FULL, TOO_BIG, NOT_A_DATABASE);

  /** The first two characters of SQLSTATEs after which the same will not work either. */
  private static final Set<String> CLASSES_FOR_GOOD =
      Set.of(
          "22", // what is written is not sound
          "23", // what is written contradicts what is there
          "25", // only reading is allowed
          "28", // the password is wrong
          "42", // a table or a right is missing
          "53"); // the disk is full, or there is no memory

  private DatabaseErrors() {}

  /** Whether trying again soon would be in vain. */
  static boolean isForGood(SQLException e) {
    if (isOfSqlite(e)) {
      return FOR_GOOD.contains(e.getErrorCode() & PRIMARY);
    }
    String state = e.getSQLState();
    return state != null && state.length() >= 2 && CLASSES_FOR_GOOD.contains(state.substring(0, 2));
  }

  /** What happened, in words. */
  static String describe(SQLException e) {
    String says = says(e);
    if (!isOfSqlite(e)) {
      return "the database says: " + says;
    }
    return switch (e.getErrorCode() & PRIMARY) {
      case FULL -> "the disk is full (" + says + ")";
      case READ_ONLY -> "the record of tasks is read-only (" + says + ")";
      case CORRUPT -> "the record of tasks is damaged (" + says + ")";
      case NOT_A_DATABASE -> "the file is no record of tasks (" + says + ")";
      default -> "the database says: " + says;
    };
  }

  private static String says(SQLException e) {
    @Nullable String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  /** By the name of its class, for the driver is the host's. */
  private static boolean isOfSqlite(SQLException e) {
    return e.getClass().getName().toLowerCase(Locale.ROOT).contains("sqlite");
  }
}
