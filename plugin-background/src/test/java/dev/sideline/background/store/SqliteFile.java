package dev.sideline.background.store;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** A database in a folder, opened as a host should open it. */
public final class SqliteFile {

  private SqliteFile() {}

  /** The database {@code tasks.db} in a folder, which is made when it is first used. */
  public static DataSource in(Path folder) {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    SQLiteDataSource database = new SQLiteDataSource(config);
    database.setUrl("jdbc:sqlite:" + folder.resolve("tasks.db"));
    return database;
  }
}
