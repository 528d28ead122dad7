package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sideline.host.cli.HostJar.Outcome;
import dev.sideline.host.record.DataDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person asks of all tasks, and their record when it is spoilt: with the built program. */
class TasksIT {

  private static final String LAUNCH =
      "{\"agent\": \"echo\", \"description\": \"Say hi\", \"prompt\": \"hi there\"}";

  @TempDir private Path temporary;

  private Path data;

  @BeforeEach
  void nameTheFolder() throws IOException {
    data = HostJar.usedData(temporary.resolve("data"));
  }

  @AfterEach
  void endTheOwner() throws IOException {
    run("serve", "--stop");
    awaitNoOwner();
  }

  @Test
  void ended_tasks_are_listed_shown_exported_and_forgotten_also_after_a_kill() throws Exception {
    serve();
    assertThat(run("call", "--wait", "background_task", LAUNCH).exitCode()).isZero();
    killTheOwner();

    JsonNode task = new ObjectMapper().readTree(run("tasks", "list", "--json").out()).get(0);
    assertThat(task.path("status").asText()).isEqualTo("completed");
    String id = task.path("task_id").asText();
    assertThat(run("tasks", "list").out()).contains(id, "Say hi");
    assertThat(run("tasks", "show", id).out()).contains("Prompt:\nhi there", "Output:");
    assertThat(run("tasks", "export").out().lines()).hasSize(1);
    assertThat(run("tasks", "check").exitCode()).isZero();

    assertThat(run("tasks", "purge", "--older-than", "0s").out()).startsWith("1 task is forgotten");
    assertThat(run("tasks", "show", id).exitCode()).isEqualTo(ExitCodes.FAILED);
  }

  @Test
  void a_damaged_record_is_said_with_what_to_do_and_mended_by_that() throws Exception {
    serve();
    assertThat(run("call", "--wait", "background_task", LAUNCH).exitCode()).isZero();
    Path backup = Path.of(run("tasks", "backup").out().lines().findFirst().orElseThrow());
    endTheOwner();
    Path file = data.resolve("tasks.db");
    long page = pageOf("sideline_task_closed");
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.seek(4096 * (page - 1));
      disk.write(new byte[100]);
    }

    Outcome refused = run("tasks", "list");
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err())
        .contains(file + " is damaged", "sideline tasks check --repair --data " + data)
        .contains("The last backup is " + backup.getParent());
    assertThat(run("tasks", "check").exitCode()).isEqualTo(ExitCodes.FAILED);

    assertThat(run("tasks", "check", "--repair").exitCode()).isZero();
    assertThat(run("tasks", "list").out()).contains("Say hi");
  }

  @Test
  void a_record_of_a_newer_version_is_refused_with_the_backup_from_before() throws Exception {
    serve();
    assertThat(run("call", "--wait", "background_task", LAUNCH).exitCode()).isZero();
    Path backup = Path.of(run("tasks", "backup").out().lines().findFirst().orElseThrow());
    endTheOwner();
    inRecord("INSERT INTO sideline_schema (version, checksum) VALUES (99, 'x')");

    Outcome refused = run("tasks", "list");
    assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
    assertThat(refused.err())
        .contains("newer version (99)", "use the newer version, or another data directory")
        .contains("the last backup of the record is " + backup.getParent());
    inRecord("DELETE FROM sideline_schema WHERE version = 99");
    assertThat(run("tasks", "list").out()).contains("Say hi");
  }

  private long pageOf(String index) throws SQLException, IOException {
    try (DataDirectory directory = DataDirectory.claim(data, version());
        Connection connection = directory.database("tasks").getConnection();
        Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT rootpage FROM sqlite_master WHERE name = '" + index + "'")) {
      found.next();
      return found.getLong(1);
    }
  }

  private void inRecord(String sql) throws SQLException, IOException {
    try (DataDirectory directory = DataDirectory.claim(data, version());
        Connection connection = directory.database("tasks").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** That of whoever had it last. */
  private String version() throws IOException {
    return Files.readString(data.resolve("tasks.db.version")).strip();
  }

  /** Starts an owner, which listens when this returns. */
  private void serve() throws IOException {
    Process owner =
        new ProcessBuilder(HostJar.ownedCommand("serve", "--data", data.toString()))
            .redirectErrorStream(true)
            .start();
    owner.getOutputStream().close();
    assertThat(owner.inputReader().readLine()).startsWith("Serving ");
  }

  private void killTheOwner() {
    long pid = DataDirectory.owner(data).orElseThrow().pid();
    assertThat(pid).isNotEqualTo(ProcessHandle.current().pid());
    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    awaitNoOwner();
  }

  private void awaitNoOwner() {
    await().atMost(Duration.ofSeconds(30)).until(() -> DataDirectory.owner(data).isEmpty());
  }

  private Outcome run(String... words) throws IOException {
    Path folder = Files.createDirectories(temporary.resolve("work"));
    return HostJar.runOwned(
        folder,
        Stream.concat(Arrays.stream(words), Stream.of("--data", data.toString()))
            .toArray(String[]::new));
  }
}
