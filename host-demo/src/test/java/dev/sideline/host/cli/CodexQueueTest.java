package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.api.SessionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodexQueueTest {

  private static final String NOTICE = "--not an option\n'\"$(touch x)\" \u00e4 \ud83d\ude80";

  @TempDir private Path folder;

  @Test
  void a_message_is_handed_over_to_the_letter() throws Exception {
    Path told = folder.resolve("told");

    wake("printf '%s|' \"$@\" > '" + told + "'", NOTICE);

    assertThat(told).hasContent("queue|--thread=01a2-3|--message=" + NOTICE + "|");
  }

  @Test
  void that_codex_has_refused_it_is_told() {
    assertThatThrownBy(() -> wake("exit 1", NOTICE))
        .cause()
        .isInstanceOfSatisfying(
            SessionException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(SessionException.Code.UNAVAILABLE);
              assertThat(refused).hasMessage("codex queue ended with 1");
            });
  }

  @Test
  void that_there_is_no_codex_is_told() {
    Path nowhere = folder.resolve("codex");

    assertThatThrownBy(
            () ->
                new CodexQueue(Surroundings.ofThisProcess(), nowhere.toString(), "t")
                    .wake("x")
                    .toCompletableFuture()
                    .join())
        .cause()
        .isInstanceOf(SessionException.class)
        .hasMessageContaining("could not be run");
  }

  @Test
  void without_a_codex_that_has_started_this_process_the_one_on_the_path_is_asked() {
    assertThat(CodexQueue.of(Surroundings.ofThisProcess(), "t").program()).isEqualTo("codex");
  }

  private void wake(String script, String text) throws Exception {
    new CodexQueue(Surroundings.ofThisProcess(), codex(script), "01a2-3")
        .wake(text)
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private String codex(String script) throws IOException {
    Path program = folder.resolve("codex");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program.toString();
  }
}
