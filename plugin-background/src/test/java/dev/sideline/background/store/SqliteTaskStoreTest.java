package dev.sideline.background.store;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

/** On SQLite, as a host opens it. */
class SqliteTaskStoreTest extends JdbcTaskStoreContract {

  @TempDir private Path folder;

  @Override
  DataSource database() {
    return SqliteFile.in(folder);
  }
}
