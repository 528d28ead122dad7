package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import dev.sideline.host.embedded.AgentDefinition;
import dev.sideline.host.embedded.AgentFile;
import dev.sideline.host.embedded.AgentFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a configuration file holds, it is read or refused in words that name the file. */
class ConfigFileFuzzTest {

  private static final Path FILE = Path.of("/etc/sideline/c.json");
  private static final List<String> NAMES =
      List.of(
          "agents",
          "settings",
          "description",
          "command",
          "prompt",
          "directory",
          "environment",
          "model",
          "tool_lines",
          "asks");

  @Test
  void a_file_of_agents_and_settings_is_read_or_refused_by_its_name() {
    Fuzz.run(ConfigFileFuzzTest::round);
  }

  private static void round(Random random) {
    Garble garble = new Garble(random);
    String agent =
        "{\"command\":"
            + garble.any("[\"sh\",\"-c\",\"x\"]", "[\"a\",\"--\",\"{prompt}\"]", garble.json())
            + garble.any("", ",\"asks\":true", ",\"model\":\"a/b\"", ",\"directory\":\"../x\"")
            + "}";
    String text =
        garble.any(
            "{\"agents\":{\"a\":" + agent + "}}",
            "{\"agents\":" + garble.object(NAMES) + ",\"settings\":" + garble.object(NAMES) + "}",
            garble.object(NAMES),
            garble.json());
    String given = random.nextBoolean() ? text : garble.damaged(text);
    try {
      for (AgentDefinition read : AgentFile.read(FILE, given)) {
        assertThat(read.command()).isNotEmpty();
      }
    } catch (AgentFileException refused) {
      assertThat(refused.getMessage()).contains(FILE.toString());
    }
    try {
      assertThat(HostConfiguration.of(new ConfigFile(FILE, given)).settings()).isNotNull();
    } catch (CommandFailedException refused) {
      assertThat(refused.getMessage()).contains(FILE.toString());
    }
  }
}
