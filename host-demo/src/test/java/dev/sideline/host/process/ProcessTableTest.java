package dev.sideline.host.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ProcessTableTest {

  private static final int LOOKS = 3_000;

  @TempDir private Path folder;

  @Test
  void a_process_shows_its_environment_also_while_it_becomes_another_program() throws Exception {
    Path script = Files.writeString(folder.resolve("again"), "exec /bin/sh \"$0\"\n");
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", script.toString());
    builder.environment().clear();
    builder.environment().putAll(Map.of("FIRST", "f".repeat(50), "MARK", "here", "LAST", "l"));
    Process process = builder.start();
    try {
      for (int i = 0; i < LOOKS; i++) {
        assertThat(ProcessTable.environment(process.pid())).contains("MARK=here\0");
      }
      assertThat(process.isAlive()).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void one_that_has_an_empty_environment_and_one_that_is_gone_show_none() throws Exception {
    ProcessBuilder builder = new ProcessBuilder("/bin/sleep", "100");
    builder.environment().clear();
    Process process = builder.start();
    try {
      assertThat(ProcessTable.environment(process.pid())).isEmpty();
      assertThat(ProcessTable.process(process.pid())).isPresent();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(ProcessTable.environment(process.pid())).isEmpty();
    assertThat(ProcessTable.process(process.pid())).isEmpty();
  }
}
