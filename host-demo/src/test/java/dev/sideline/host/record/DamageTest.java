package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sideline.host.record.RecordException.Problem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that a disk, a person or another program has spoilt: refused or mended, with words. */
class DamageTest {

  private static final int ROWS = 2_000;
  private static final int COMMITS = 20;
  private static final int FRAME = 24 + 4096;

  @TempDir private Path temporary;

  private Path folder;
  private Path file;
  private Path log;

  @BeforeEach
  void nameTheFiles() throws Exception {
    folder = temporary.resolve("data");
    // Or the driver would leave its library in the temporary folder until the JVM ends.
    NativeLibrary.load(Files.createDirectory(temporary.resolve("library")));
    file = folder.resolve("tasks.db");
    log = folder.resolve("tasks.db-wal");
  }

  // --- pages

  @Test
  void torn_pages_are_refused_with_what_to_do_and_nothing_is_touched() throws Exception {
    Records.inDatabase(folder, ROWS);
    Records.overwrite(file, 4096 * 10 + 2048, new byte[4096 * 3]);
    byte[] before = Files.readAllBytes(file);

    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.DAMAGED);
    assertThat(refusal())
        .hasMessageContaining(file + " is damaged")
        .hasMessageContaining("sideline tasks check --repair --data " + folder)
        .hasMessageContaining("There is no backup");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void what_is_whole_between_torn_pages_is_saved_and_the_damaged_file_is_kept() throws Exception {
    Records.inDatabase(folder, ROWS);
    Records.overwrite(file, 4096 * 30, new byte[4096 * 2]);

    DataCheck check = new DataCheck(folder, "1.0");
    assertThat(check.look())
        .singleElement()
        .satisfies(found -> assertThat(found.wrong()).isNotEmpty());
    List<DataCheck.Repaired> repaired = check.repair();

    assertThat(repaired)
        .singleElement()
        .satisfies(
            saved -> {
              assertThat(saved.rows().get("kept")).isGreaterThan(ROWS / 2).isLessThan(ROWS);
              assertThat(saved.before()).hasParent(folder.resolve("backups").toRealPath());
            });
    assertThat(check.look())
        .singleElement()
        .satisfies(found -> assertThat(found.wrong()).isEmpty());
    try (DataDirectory data = claim()) {
      assertThat(Records.count(data.database("tasks")))
          .isEqualTo(repaired.get(0).rows().get("kept").longValue());
    }
  }

  @Test
  void of_which_version_the_tables_are_is_taken_from_a_backup_and_nothing_else_is()
      throws Exception {
    Records.inDatabase(folder, 10);
    execute("CREATE TABLE kept_schema (version INTEGER)");
    execute("INSERT INTO kept_schema VALUES (7)");
    long page = ask("SELECT rootpage FROM sqlite_master WHERE name = 'kept_schema'");
    new DataCheck(folder, "1.0").backUp("tasks", null);
    execute("DELETE FROM kept WHERE id <= 5");
    Records.overwrite(file, 4096 * (page - 1), new byte[100]);

    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.DAMAGED);
    new DataCheck(folder, "1.0").repair();

    assertThat(ask("SELECT version FROM kept_schema")).isEqualTo(7);
    assertThat(ask("SELECT count(*) FROM kept")).isEqualTo(5);
  }

  @Test
  void a_file_whose_end_is_cut_off_is_refused_and_what_is_left_of_it_is_saved() throws Exception {
    Records.inDatabase(folder, ROWS);
    Records.cutTo(file, Files.size(file) / 2);

    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.DAMAGED);
    assertThat(new DataCheck(folder, "1.0").repair())
        .singleElement()
        .satisfies(saved -> assertThat(saved.rows().get("kept")).isPositive());
  }

  @Test
  void a_file_whose_first_page_is_gone_is_never_taken_for_a_new_one() throws Exception {
    Records.inDatabase(folder, ROWS);
    Records.overwrite(file, 0, new byte[4096]);

    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.DAMAGED);
    assertThatExceptionOfType(RecordException.class)
        .isThrownBy(() -> new DataCheck(folder, "1.0").repair())
        .withMessageContaining("nothing can be saved")
        .withMessageContaining("left as it is");
    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.DAMAGED);
  }

  @Test
  void flipped_bytes_are_refused_or_have_cost_no_row() throws Exception {
    Records.inDatabase(folder, ROWS);
    byte[] sound = Files.readAllBytes(file);
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 60; i++) {
      int at = random.nextInt(sound.length);
      byte[] spoilt = sound.clone();
      // The heads of pages as often as what is in them.
      int where = i % 2 == 0 ? at : at / 4096 * 4096 + random.nextInt(16);
      spoilt[where] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, spoilt);
      try (DataDirectory data = claim()) {
        assertThat(Records.count(data.database("tasks"))).as("byte %s", where).isEqualTo(ROWS);
      } catch (RecordException e) {
        refused++;
        assertThat(e.problem()).isIn(Problem.DAMAGED, Problem.FOREIGN);
        assertThat(e).hasMessageContaining("left as it is");
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void a_text_that_is_no_json_any_more_is_found_by_a_check() throws Exception {
    Records.inDatabase(folder, 10);
    execute("CREATE TABLE described (id INTEGER PRIMARY KEY, about TEXT)");
    for (int i = 0; i < 5; i++) {
      execute("INSERT INTO described (about) VALUES ('{\"number\": " + i + "}')");
    }
    assertThat(new DataCheck(folder, "1.0").look().get(0).unreadable()).isEmpty();
    execute("UPDATE described SET about = replace(about, ':', ';') WHERE id = 3");

    DataCheck.Finding found = new DataCheck(folder, "1.0").look().get(0);
    assertThat(found.wrong()).isEmpty();
    assertThat(found.unreadable()).containsExactly("1 in column about of described");
    assertThat(found.rows()).containsEntry("described", 5L).containsEntry("kept", 10L);
  }

  @Test
  void the_words_for_a_damaged_file_name_the_newest_backup() throws Exception {
    Records.inDatabase(folder, ROWS);
    Path backup = new DataCheck(folder, "1.0").backUp("tasks", null);
    Records.overwrite(file, 4096 * 10, new byte[4096 * 3]);

    assertThat(refusal()).hasMessageContaining("The last backup is " + backup.toRealPath());
  }

  // --- the log

  @Test
  void a_log_that_is_cut_off_costs_what_was_cut_off_and_nothing_before() throws Exception {
    Records.inLog(folder, COMMITS);
    Records.cutTo(log, Files.size(log) - FRAME - 100);

    try (DataDirectory data = claim()) {
      assertThat(Records.count(data.database("tasks"))).isBetween(COMMITS - 3L, COMMITS - 1L);
    }
  }

  @Test
  void a_log_that_is_broken_in_its_middle_is_refused_and_what_stands_behind_is_saved()
      throws Exception {
    Records.inLog(folder, COMMITS);
    long middle = 32 + FRAME * (Files.size(log) / FRAME / 2) + 24 + 4000;
    Records.overwrite(log, middle, new byte[] {(byte) (Records.byteAt(log, middle) ^ 4)});

    assertThat(refusal())
        .hasMessageContaining("commits stand behind a part of its log that is broken")
        .extracting(RecordException::problem)
        .isEqualTo(Problem.DAMAGED);
    assertThat(log).isNotEmptyFile();
    new DataCheck(folder, "1.0").repair();
    try (DataDirectory data = claim()) {
      assertThat(Records.count(data.database("tasks"))).isEqualTo(COMMITS);
    }
  }

  @Test
  void a_log_as_a_killed_process_leaves_it_is_whole() throws Exception {
    Records.inLog(folder, COMMITS);

    assertThat(WalFile.of(file).content().whole()).isGreaterThanOrEqualTo(COMMITS);
    assertThat(WalFile.of(file).content().damaged()).isFalse();
    assertThat(WalFile.of(file).content().cut()).isFalse();
    try (DataDirectory data = claim()) {
      assertThat(Records.count(data.database("tasks"))).isEqualTo(COMMITS);
    }
  }

  // --- others' files

  @Test
  void what_is_no_database_is_refused_and_left_as_it_is() throws Exception {
    Files.createDirectory(folder);
    Files.writeString(file, "my novel, ".repeat(1_000), StandardCharsets.UTF_8);

    assertThat(refusal())
        .hasMessageContaining("no record of sideline")
        .hasMessageContaining("--data")
        .extracting(RecordException::problem)
        .isEqualTo(Problem.FOREIGN);
    assertThat(file).content().startsWith("my novel, my novel");
  }

  @Test
  void a_database_of_another_program_is_refused_and_left_as_it_is() throws Exception {
    Files.createDirectory(folder);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE photos (name TEXT)");
    }
    byte[] before = Files.readAllBytes(file);

    assertThat(refusal()).extracting(RecordException::problem).isEqualTo(Problem.FOREIGN);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void a_file_that_another_program_holds_is_refused_with_what_to_do() throws Exception {
    Records.inDatabase(folder, 1);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("BEGIN EXCLUSIVE");

      assertThat(refusal())
          .hasMessageContaining("held by another program")
          .extracting(RecordException::problem)
          .isEqualTo(Problem.LOCKED);
    }
  }

  // --- disks

  @Test
  void what_SQLite_says_is_told_with_what_to_do() {
    assertThat(Problems.of(file, new SQLException("x", null, 13)))
        .hasMessageContaining("no room")
        .extracting(RecordException::problem)
        .isEqualTo(Problem.FULL);
    assertThat(Problems.of(file, new SQLException("x", null, 8)))
        .hasMessageContaining("writable")
        .extracting(RecordException::problem)
        .isEqualTo(Problem.READ_ONLY);
    assertThat(Problems.of(file, new SQLException("x", null, 10 | 3 << 8)))
        .hasMessageContaining("the disk");
  }

  private void execute(String sql) throws SQLException {
    try (DataDirectory data = claim();
        Connection connection = data.database("tasks").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long ask(String sql) throws SQLException {
    try (DataDirectory data = claim()) {
      return Long.parseLong(DataDirectoryTest.ask(data.database("tasks"), sql));
    }
  }

  private RecordException refusal() {
    try (DataDirectory data = claim()) {
      return assertThatExceptionOfType(RecordException.class)
          .isThrownBy(() -> data.database("tasks"))
          .actual();
    }
  }

  private DataDirectory claim() {
    return DataDirectory.claim(folder, "1.0");
  }
}
