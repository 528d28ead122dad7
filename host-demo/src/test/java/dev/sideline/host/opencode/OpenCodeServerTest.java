package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The process, with scripts in the place of the program. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-ins are shell scripts")
class OpenCodeServerTest {

  private static final String LISTENS =
      "echo \"opencode server listening on http://127.0.0.1:4096\"\n";

  @TempDir Path folder;

  @Test
  void the_address_is_read_from_what_the_server_says() throws IOException {
    try (OpenCodeServer server = start("echo $* >&2\n" + LISTENS + "exec sleep 100\n")) {
      assertThat(server.url()).hasToString("http://127.0.0.1:4096");
      assertThat(server.lastLines())
          .as("the usual port is left to people")
          .anyMatch(line -> line.matches("serve --hostname 127.0.0.1 --port (?!4096)[1-9]\\d+"));
      assertThat(server.process().isAlive()).isTrue();
    }
  }

  @Test
  void a_server_that_we_start_has_a_password_of_its_own() throws IOException {
    try (OpenCodeServer server =
        start("echo \"got $OPENCODE_SERVER_PASSWORD\"\n" + LISTENS + "exec sleep 100\n")) {
      assertThat(server.options().password()).isNotNull();
      assertThat(server.lastLines()).contains("got " + server.options().password());
      assertThat(server.options().toString()).doesNotContain(server.options().password());
    }
  }

  @Test
  void one_that_is_started_for_somebody_has_their_environment_and_no_part_of_ours()
      throws IOException {
    Map<String, String> theirs =
        Map.of("MARK", "mine", "PATH", "/usr/bin:/bin", "OPENCODE_SESSION_ID", "ses_outer");
    Path program = program("env\n" + LISTENS + "exec sleep 100\n");

    try (OpenCodeServer server =
        OpenCodeServer.start(OpenCodeServer.Launch.of(program, folder).within(theirs))) {
      assertThat(server.lastLines())
          .contains("MARK=mine", "PATH=/usr/bin:/bin")
          .noneMatch(line -> line.startsWith("HOME=") || line.startsWith("OPENCODE_SESSION_ID"));
    }
  }

  @Test
  void a_server_that_fails_says_why() {
    assertThatThrownBy(() -> start("echo the disk is full\nexit 3\n"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("did not begin to listen")
        .hasMessageContaining("the disk is full");
  }

  @Test
  void a_program_that_is_not_there_is_told_of() {
    OpenCodeServer.Launch launch = OpenCodeServer.Launch.of(folder.resolve("nothing"), folder);

    assertThatThrownBy(() -> OpenCodeServer.start(launch))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing");
  }

  @Test
  void a_server_that_writes_much_is_never_blocked() throws IOException {
    try (OpenCodeServer server =
        start(LISTENS + "yes 'a line of output' | head -n 100000\necho over\nexec sleep 100\n")) {
      await().until(() -> server.lastLines().contains("over"));
      assertThat(server.lastLines()).hasSizeLessThan(100);
    }
  }

  @Test
  void of_a_line_that_is_far_too_long_the_beginning_is_kept_and_the_next_is_read()
      throws IOException {
    try (OpenCodeServer server =
        start(
            LISTENS
                + "head -c 1000000 /dev/zero | tr '\\0' x\necho\necho over\nexec sleep 100\n")) {
      await().until(() -> server.lastLines().contains("over"));
      assertThat(server.lastLines()).anyMatch(line -> line.matches("x{400}…"));
    }
  }

  @Test
  void the_end_kills_what_does_not_want_to_go_and_its_descendants() throws IOException {
    OpenCodeServer server =
        start("trap '' TERM\nsleep 100 &\n" + LISTENS + "while true; do sleep 1; done\n");
    await().until(() -> server.process().descendants().findAny().isPresent());
    List<ProcessHandle> descendants = server.process().descendants().toList();
    long before = System.nanoTime();
    server.close();

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(8));
    assertThat(server.process().isAlive()).isFalse();
    await().until(() -> descendants.stream().noneMatch(ProcessHandle::isAlive));
    server.close();
  }

  private OpenCodeServer start(String script) throws IOException {
    return OpenCodeServer.start(new OpenCodeServer.Launch(program(script), folder, 0, Map.of()));
  }

  private Path program(String script) throws IOException {
    Path program = folder.resolve("opencode");
    Files.writeString(program, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }
}
