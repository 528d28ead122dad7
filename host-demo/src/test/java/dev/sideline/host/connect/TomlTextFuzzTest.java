package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever Codex' configuration holds, it is refused in words or edited and given back as it was.
 */
class TomlTextFuzzTest {

  private static final CodexConfig CONFIG = new CodexConfig(ConnectedPrograms.COMMANDS, false);

  @Test
  void a_file_is_refused_in_words_or_edited_with_all_else_left_as_it_is() {
    Fuzz.run(this::round);
  }

  private void round(Random random) throws IOException {
    Garble garble = new Garble(random, "[mcp_servers.sideline]", "'''", "\"\"\"", "[[", "]]", "=");
    String text = garble.any("", "\ufeff") + toml(garble);
    String given = random.nextInt(3) > 0 ? text : garble.damaged(text);
    String with;
    try {
      with = CONFIG.connected(given);
    } catch (RefusedException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    ObjectNode before = TomlText.of(given).tree();
    try {
      assertThat(with).startsWith(given);
      assertThat(CONFIG.connected(with)).isEqualTo(with);
      ObjectNode after = TomlText.of(with).tree();
      ((ObjectNode) after.get("mcp_servers")).remove("sideline");
      if (!before.has("mcp_servers")) {
        after.remove("mcp_servers");
      }
      assertThat(after).isEqualTo(before);
      String lineBreak = TextLayout.of(given).lineBreak();
      String behind = lineBreak + "[projects.\"/a\"] # Codex'" + lineBreak + "t = 1";
      boolean hasProjects = before.has("projects");
      String end = hasProjects ? "" : behind;
      String rest = CONFIG.disconnected(with + end, new FileContent.Before(given));
      boolean lineEnded = given.isEmpty() || given.endsWith("\n") || given.equals("\ufeff");
      assertThat(rest).isEqualTo(given + (lineEnded ? "" : lineBreak) + end);
    } catch (RefusedException e) {
      throw new AssertionError("what was connected could be read, so it has to be edited", e);
    }
  }

  private static String toml(Garble garble) {
    StringBuilder toml = new StringBuilder();
    String lineBreak = garble.any("\n", "\n", "\r\n");
    for (int i = garble.any(0, 1, 3, 8); i > 0; i--) {
      toml.append(
          switch (garble.any(0, 1, 2, 3, 4)) {
            case 0 -> "[" + spaced(garble) + "]" + comment(garble);
            case 1 -> "[[" + garble.any("b", "hooks.Stop", "a." + key(garble)) + "]]";
            case 2 -> comment(garble);
            default ->
                spaced(garble) + garble.any("=", " = ", "\t=") + value(garble, 3) + comment(garble);
          });
      toml.append(i == 1 ? garble.any("", lineBreak) : lineBreak);
    }
    return toml.toString();
  }

  private static String spaced(Garble garble) {
    StringBuilder path = new StringBuilder(garble.any("", "", " ", "\t")).append(key(garble));
    for (int i = garble.any(0, 0, 1, 2); i > 0; i--) {
      path.append(garble.any(".", " . ")).append(key(garble));
    }
    return path.append(garble.any("", " ")).toString();
  }

  private static String key(Garble garble) {
    return garble.any(
        "mcp_servers", "\"mcp_servers\"", "other", "hooks", "a", "b", "c", "d", "'e'", "1-2_x");
  }

  private static String comment(Garble garble) {
    return garble.any("", "", " # [mcp_servers.sideline]", "# \"\"\" '", "\t");
  }

  private static String value(Garble garble, int depth) {
    return switch (garble.any(0, 1, 2, 3, 4, 5, depth > 0 ? 6 : 0, depth > 0 ? 7 : 1)) {
      case 0 -> garble.any("1", "0x1F", "-1.5e3", "true", "1979-05-27T07:32:00Z", "inf");
      case 1 -> TomlText.quoted(garble.text().replaceAll("\\p{Cs}", ""));
      case 2 -> "'" + garble.any("", "a", "\\", "]", "\"", "#", "[[") + "'";
      case 3 ->
          "\"\"\""
              + garble.any("", "\n[mcp_servers.sideline]\n", "a \\\"\"\" b", "\"", "'''")
              + "\"\"\"";
      case 4 -> "'''" + garble.any("", "\n[x]\n", "\\", "\"\"\"", "''") + "'''";
      case 5 -> "[]";
      case 6 ->
          "["
              + garble.any("", "\n", " # ] \n")
              + value(garble, depth - 1)
              + garble.any("", ",", ",\n", ", # '\n ")
              + "]";
      default -> "{ x = " + value(garble, 0).replace("\n", "") + " }";
    };
  }
}
