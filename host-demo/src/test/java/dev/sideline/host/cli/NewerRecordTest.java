package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.host.record.DataCheck;
import dev.sideline.host.record.DataDirectory;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the host itself keeps, when a newer version of it has had the data folder. */
class NewerRecordTest {

  @TempDir private Path temporary;

  @ParameterizedTest
  @CsvSource({"sessions, sideline_session_schema", "owner, sideline_owner_schema"})
  void an_owner_refuses_it_with_what_to_do_and_the_backup_from_before(String name, String versions)
      throws Exception {
    Path folder = temporary.toRealPath().resolve("data");
    try (DataDirectory data = DataDirectory.claim(folder, "1.0");
        Connection connection = data.database(name, "1.0").getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE " + versions + " (version INTEGER, checksum TEXT)");
      Path backup = new DataCheck(folder, "1.0").backUp(name, null);
      assertThat(backup).exists();
      statement.execute("INSERT INTO " + versions + " VALUES (99, 'x')");
    }
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            InputStream.nullInputStream(),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            Surroundings.ofThisProcess());

    int code = SidelineCommand.run(console, "serve", "--data=" + folder, "--plugins=" + temporary);

    assertThat(code).isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains(
            folder.resolve(name + ".db") + ": ",
            "is of a newer version (99) than this one knows (1)",
            "use the newer version, or another data directory",
            "the last backup of the record is " + folder.resolve("backups"));
  }
}
