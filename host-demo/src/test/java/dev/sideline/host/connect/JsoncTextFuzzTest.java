package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever somebody's file holds, it is refused in words or edited and given back as it was. */
class JsoncTextFuzzTest {

  private static final List<String> NAMES = List.of("mcp", "sideline", "$schema", "model");

  private static final JsonPointer PLACE = JsonPointer.compile("/mcp/sideline");

  private final ObjectNode value = new JsonMapper().createObjectNode().put("type", "local");

  @Test
  void a_file_is_refused_in_words_or_edited_with_all_else_left_as_it_is() {
    Fuzz.run(this::round);
  }

  private void round(Random random) {
    Garble garble = new Garble(random);
    String text = garble.any("", "\ufeff") + spaced(garble, garble.object(NAMES));
    String given = random.nextBoolean() ? text : garble.damaged(text);
    JsoncText before;
    try {
      before = JsoncText.of(given);
    } catch (IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
      return;
    }
    JsoncText with;
    try {
      with = before.with(PLACE, value);
    } catch (IllegalStateException toBeDoneByHand) {
      assertThat(toBeDoneByHand.getMessage()).isNotBlank();
      return;
    }
    assertThat(with.at(PLACE)).isEqualTo(value);
    assertThat(with.with(PLACE, value).text()).isEqualTo(with.text());
    JsoncText without = with.without(PLACE);
    assertThat(without.at(PLACE).isMissingNode()).isTrue();
    assertThat(without.with(PLACE, value).at(PLACE)).isEqualTo(value);
  }

  /** With room, comments and commas between its parts, as people write it. */
  static String spaced(Garble garble, String json) {
    StringBuilder spaced = new StringBuilder();
    boolean inText = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      inText ^= c == '"' && (i == 0 || !escaped(json, i));
      if (!inText && (c == '}' || c == ']') && i > 0 && "{[".indexOf(json.charAt(i - 1)) < 0) {
        spaced.append(garble.any("", "", ","));
      }
      spaced.append(c);
      if (!inText && "{}[]:,".indexOf(c) >= 0) {
        spaced.append(garble.any("", "", " ", "\n  ", "\t", "\r\n", "// a, }\n", "/* { \" */"));
      }
    }
    return spaced.toString();
  }

  private static boolean escaped(String json, int at) {
    int slashes = 0;
    while (at - slashes > 0 && json.charAt(at - slashes - 1) == '\\') {
      slashes++;
    }
    return slashes % 2 == 1;
  }
}
