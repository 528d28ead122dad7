package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TomlTextTest {

  @Test
  void a_character_of_two_units_is_read_wherever_it_stands() throws IOException {
    for (int before = 3_900; before < 4_100; before++) {
      String value = "x".repeat(before) + "\ud83d\ude00\ud83d\ude00";

      TomlText text = TomlText.of("k = \"" + value + "\"\n[b]\nx = 1\n");

      assertThat(text.tree().at("/b/x").asInt()).as("after %d", before).isEqualTo(1);
      assertThat(TomlText.inPairs(text.tree().path("k").asText())).isEqualTo(value);
    }
  }

  @Test
  void what_is_for_private_use_stays_what_it_is() throws IOException {
    String value = "\ue0a0 \ue7ff\ue000";

    assertThat(TomlText.inPairs(TomlText.of("k = '" + value + "'").tree().path("k").asText()))
        .isEqualTo(value);
  }

  @Test
  void a_server_is_told_with_all_characters_of_its_words() throws Exception {
    List<String> server = List.of("/\ud83d\ude00/java", "-jar", "/j", "mcp", "--hold", "socket");
    CodexConfig config = new CodexConfig(new ServerCommands(server, List.of("x")), false);

    assertThat(config.serverIn(config.connected(null))).isEqualTo(server);
  }
}
