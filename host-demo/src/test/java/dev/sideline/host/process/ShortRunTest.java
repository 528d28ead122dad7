package dev.sideline.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the programs are shell scripts")
@Timeout(60)
class ShortRunTest {

  private static final Duration BOUND = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void what_a_program_says_is_given_and_it_finds_nothing_to_read() throws IOException {
    assertThat(run("cat; echo \"$WORD in $PWD\"; echo beside >&2", BOUND))
        .isEqualTo("there in " + folder + "\n");
  }

  @Test
  void more_than_is_read_does_not_stop_it() throws IOException {
    assertThat(run("head -c 1000000 /dev/zero", BOUND)).hasSize(64 << 10);
  }

  @Test
  void what_went_wrong_is_told_in_words() {
    assertThatThrownBy(() -> run("exit 3", BOUND)).hasMessage("it ended with exit code 3");
    assertThatThrownBy(() -> ShortRun.output(List.of(folder + "/none"), folder, Map.of(), BOUND))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }

  @ParameterizedTest
  @ValueSource(strings = {"trap '' TERM; sleep 100 & sleep 100", "sleep 100 & echo said"})
  void nothing_that_it_has_started_is_left_however_it_ends(String script) throws IOException {
    String all = "echo $$ >root; " + script.replace("&", "& echo $! >child;");
    if (script.endsWith("said")) {
      assertThat(run(all, BOUND)).isEqualTo("said\n");
    } else {
      assertThatThrownBy(() -> run(all, Duration.ofSeconds(3)))
          .hasMessage("it did not end within 3 s");
    }
    for (String file : List.of("root", "child")) {
      Path noted = folder.resolve(file);
      if (!Files.exists(noted)) {
        continue; // On a very busy machine it did not get that far.
      }
      long pid = Long.parseLong(Files.readString(noted).strip());
      await().until(() -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }
  }

  @Test
  void a_program_is_found_on_the_path_but_not_in_a_folder_that_it_names_relatively()
      throws IOException {
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path program = Files.writeString(bin.resolve("prog"), "");
    Files.createDirectories(folder.resolve("first/prog"));
    assertThat(ProgramPath.find("prog", bin + "")).as("not executable").isEmpty();

    assertThat(program.toFile().setExecutable(true)).isTrue();
    assertThat(ProgramPath.find("prog", "x::" + folder.resolve("first") + ":" + bin))
        .contains(program);
    Path here = Path.of("").toAbsolutePath().relativize(bin);
    assertThat(ProgramPath.find("prog", here.toString())).isEmpty();
    assertThat(ProgramPath.find("prog", null)).isEmpty();
  }

  private String run(String script, Duration bound) throws IOException {
    return ShortRun.output(
        List.of("/bin/sh", "-c", script), folder, Map.of("WORD", "there"), bound);
  }
}
