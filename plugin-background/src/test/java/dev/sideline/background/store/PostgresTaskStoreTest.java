package dev.sideline.background.store;

import dev.sideline.api.leak.LeakCheck;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** On PostgreSQL, with the same SQL. */
@LeakCheck.Tolerates({
  // The library's own, which go in their time.
  "^thread 'Thread-\\d+'",
  "^temporary file .*/(embedded-pg|detect_linux_distribution_.*)$"
})
class PostgresTaskStoreTest extends JdbcTaskStoreContract {

  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    try (Connection connection = database().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA public CASCADE");
      statement.execute("CREATE SCHEMA public");
    }
  }

  @Override
  DataSource database() {
    return server.getPostgresDatabase();
  }
}
