package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever Claude Code's settings hold, they are refused in words, or edited and given back. */
class JsonPartsFuzzTest {

  private static final List<String> NAMES =
      List.of("hooks", "Stop", "permissions", "allow", "type", "server", "tool", "b");

  private static final FileContent SETTINGS =
      new ClaudeCode()
          .files(new Scope.Project(Path.of("/p")), ConnectedPrograms.COMMANDS)
          .get(1)
          .content();

  @Test
  void settings_are_refused_in_words_or_edited_with_all_else_left_as_it_is() {
    Fuzz.run(JsonPartsFuzzTest::round);
  }

  private static void round(Random random) throws IOException {
    Garble garble = new Garble(random);
    String given = JsoncTextFuzzTest.spaced(garble, settings(garble));
    String with;
    try {
      with = SETTINGS.connected(given);
    } catch (RefusedException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    JsonNode before = JsoncText.of(given).tree();
    try {
      assertThat(SETTINGS.connected(with)).isEqualTo(with);
      String rest = SETTINGS.disconnected(with, new FileContent.Before(given));
      assertThat(rest).isNotNull();
      assertThat(JsoncText.of(rest).tree()).isEqualTo(before);
      assertThat(SETTINGS.connected(rest).replaceAll("[\\s,]", ""))
          .isEqualTo(with.replaceAll("[\\s,]", ""));
    } catch (RefusedException e) {
      throw new AssertionError("what was connected could be read, so it has to be edited", e);
    }
  }

  /** Settings that have what is edited in the form that it mostly has. */
  private static String settings(Garble garble) {
    return "{\"a\":"
        + garble.object(NAMES)
        + garble.any(
            "",
            ",\"hooks\":" + garble.object(NAMES),
            ",\"hooks\":{\"Stop\":[" + garble.object(NAMES) + "]}",
            ",\"hooks\":{\"Stop\":[{\"hooks\":[" + garble.object(NAMES) + "]}],\"x\":[]}")
        + garble.any(
            "",
            ",\"permissions\":" + garble.object(NAMES),
            ",\"permissions\":{\"allow\":[\"Bash(ls)\"],\"deny\":[]}",
            ",\"permissions\":{\"allow\":[" + garble.json() + ",\"mcp__sideline\"]}")
        + garble.any(
            "", ",\"enabledMcpjsonServers\":[]", ",\"enabledMcpjsonServers\":[\"sideline\"]")
        + "}";
  }
}
