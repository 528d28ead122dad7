package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsTest {

  private static final Instant NOW = Instant.parse("2026-11-29T07:00:00Z");

  @TempDir private Path temporary;

  private Path folder;
  private Path file;

  @BeforeEach
  void nameTheFiles() {
    folder = temporary.resolve("data");
    file = folder.resolve("tasks.db");
  }

  @Test
  void a_backup_is_made_while_another_process_has_the_database_and_writes() throws Exception {
    try (OwnerProcess owner = OwnerProcess.start(folder)) {
      assertThat(owner.says()).isEqualTo("claimed");
      owner.tell("CREATE TABLE kept (value TEXT)");
      assertThat(owner.says()).isEqualTo("done");
      owner.tell("INSERT INTO kept VALUES ('one')");
      assertThat(owner.says()).isEqualTo("done");

      Path made = new DataCheck(folder, "1.0").backUp("tasks", null);
      owner.tell("INSERT INTO kept VALUES ('two')");
      assertThat(owner.says()).isEqualTo("done");

      assertThat(count(made)).isEqualTo(1);
      assertThat(new DataCheck(folder, "1.0").look())
          .singleElement()
          .satisfies(
              found -> {
                assertThat(found.wrong()).isEmpty();
                assertThat(found.rows()).containsEntry("kept", 2L);
                assertThat(found.newestBackup()).isEqualTo(made);
              });
    }
  }

  @Test
  void a_backup_can_be_put_in_the_place_of_the_database() throws Exception {
    Records.inDatabase(folder, 10);
    Path made = new DataCheck(folder, "1.0").backUp("tasks", temporary.resolve("my.db"));
    Files.move(made, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    try (DataDirectory data = DataDirectory.claim(folder, "1.0")) {
      assertThat(Records.count(data.database("tasks"))).isEqualTo(10);
    }
  }

  @Test
  void a_backup_can_be_read_by_its_owner_alone_and_replaces_no_file() throws Exception {
    Records.inDatabase(folder, 1);
    Path target = temporary.resolve("my.db");
    DataCheck check = new DataCheck(folder, "1.0");
    check.backUp("tasks", target);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
    assertThatThrownBy(() -> check.backUp("tasks", target))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("is there already");
    assertThatThrownBy(() -> check.backUp("other", null))
        .isInstanceOf(RecordException.class)
        .hasMessageContaining("there is no");
  }

  @Test
  void a_database_that_another_version_had_is_backed_up_before_it_is_used() throws Exception {
    Records.inDatabase(folder, 10);
    try (DataDirectory same = DataDirectory.claim(folder, "1.0")) {
      same.database("tasks");
    }
    assertThat(backups()).isEmpty();
    try (DataDirectory newer = DataDirectory.claim(folder, "1.1")) {
      assertThat(backups()).isEmpty();
      newer.database("tasks");
    }

    assertThat(backups()).singleElement().asString().endsWith("-before-upgrade.db");
    assertThat(count(backups().get(0))).isEqualTo(10);
    try (DataDirectory again = DataDirectory.claim(folder, "1.1")) {
      again.database("tasks");
    }
    assertThat(backups()).hasSize(1);
  }

  @Test
  void it_is_backed_up_once_a_day_and_the_two_newest_are_kept() throws Exception {
    Records.inDatabase(folder, 10);
    for (int hours = 0; hours < 24 * 4; hours += 6) {
      DailyBackups.makeIfOld(file, at(NOW.plus(Duration.ofHours(hours))));
    }

    assertThat(backups())
        .extracting(path -> path.getFileName().toString())
        .containsExactlyInAnyOrder(
            "tasks-20261201T070000Z-daily.db", "tasks-20261202T070000Z-daily.db");
  }

  @Test
  void what_somebody_has_asked_for_is_never_taken_away() throws Exception {
    Records.inDatabase(folder, 10);
    Backups asked = new Backups(file, at(NOW));
    try (Connection connection = SqliteDatabase.look(file)) {
      Path kept = asked.make(connection);
      Path second = asked.make(connection);
      for (int days = 1; days < 5; days++) {
        new Backups(file, at(NOW.plus(Duration.ofDays(days)))).make(connection, Backups.Kind.DAILY);
      }
      assertThat(backups()).hasSize(4).contains(kept, second);
    }
  }

  private static Clock at(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  private List<Path> backups() throws Exception {
    Path backups = folder.resolve("backups");
    if (!Files.exists(backups)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(backups)) {
      return files.toList();
    }
  }

  private static long count(Path database) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM kept")) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
