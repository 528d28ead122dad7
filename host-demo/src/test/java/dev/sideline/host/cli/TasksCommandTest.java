package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.record.DataDirectory;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksCommandTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir private Path temporary;

  private Path folder;

  @BeforeEach
  void nameTheFolder() throws Exception {
    folder = temporary.toRealPath().resolve("data");
  }

  @Test
  void a_record_that_is_whole_is_told_of_also_while_it_is_at_work() throws Exception {
    record(100);
    assertThat(run("tasks", "check")).isEqualTo(ExitCodes.FINE);
    assertThat(out())
        .startsWith("ok    tasks.db")
        .contains(folder.resolve("tasks.db").toString(), "100 in kept", "no backup yet");

    try (DataDirectory owner = DataDirectory.claim(folder, "1.0")) {
      owner.database("tasks");
      assertThat(run("tasks", "backup")).isEqualTo(ExitCodes.FINE);
      assertThat(run("tasks", "check", "--json")).isEqualTo(ExitCodes.FINE);
      assertThat(out()).contains("newest backup " + folder.resolve("backups"));
    }
  }

  @Test
  void a_record_that_is_damaged_is_told_of_and_what_is_whole_is_saved() throws Exception {
    record(2_000);
    try (RandomAccessFile disk = new RandomAccessFile(folder.resolve("tasks.db").toFile(), "rw")) {
      disk.seek(4096 * 10);
      disk.write(new byte[4096]);
    }
    assertThat(run("tasks", "check")).isEqualTo(ExitCodes.FAILED);
    assertThat(out()).startsWith("todo  tasks.db").contains("tasks check --repair");

    assertThat(run("tasks", "check", "--repair")).isEqualTo(ExitCodes.FINE);
    assertThat(out()).contains("a new one with what was whole: 1", "ok    tasks.db");
    assertThat(run("tasks", "check")).isEqualTo(ExitCodes.FINE);
  }

  @Test
  void nothing_is_repaired_while_it_is_at_work() throws Exception {
    record(1);
    try (DataDirectory owner = DataDirectory.claim(folder, "1.0")) {
      owner.database("tasks");
      assertThat(run("tasks", "check", "--repair")).isEqualTo(ExitCodes.FAILED);
    }
    assertThat(err()).contains("this process (" + ProcessHandle.current().pid() + ")");
  }

  @Test
  void backups_go_where_they_are_wanted_and_replace_nothing() throws Exception {
    record(1);
    assertThat(run("tasks", "backup", "kept")).isEqualTo(ExitCodes.FINE);
    Path made = temporary.resolve("kept").resolve("tasks.db");
    assertThat(out().strip()).isEqualTo(made.toString());
    assertThat(made).isNotEmptyFile();

    assertThat(run("tasks", "backup", "kept")).isEqualTo(ExitCodes.FAILED);
    assertThat(err()).contains(made + " is there already");
  }

  @Test
  void where_there_is_no_record_yet_nothing_is_wrong_and_nothing_is_made() {
    assertThat(run("tasks", "check")).isEqualTo(ExitCodes.FINE);
    assertThat(out()).startsWith("note").contains(folder.toString());
    assertThat(run("tasks", "backup")).isEqualTo(ExitCodes.FAILED);
    assertThat(folder).doesNotExist();
  }

  @Test
  void tasks_alone_says_what_it_can_do() {
    assertThat(run("tasks")).isEqualTo(ExitCodes.USAGE);
    assertThat(err()).contains("check", "backup");
  }

  private void record(int rows) throws Exception {
    try (DataDirectory data = DataDirectory.claim(folder, "1.0");
        Connection connection = data.database("tasks").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, value TEXT)");
      statement.execute(
          "INSERT INTO kept (value) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
              + " WHERE i < "
              + rows
              + ") SELECT hex(zeroblob(100)) FROM n");
    }
  }

  private int run(String... words) {
    out.reset();
    err.reset();
    String[] all =
        Stream.concat(Arrays.stream(words), Stream.of("--data", folder.toString()))
            .toArray(String[]::new);
    Surroundings here = Surroundings.ofThisProcess();
    return SidelineCommand.run(
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new Surroundings(temporary, Map.of(), here.processes(), false, null)),
        all);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
