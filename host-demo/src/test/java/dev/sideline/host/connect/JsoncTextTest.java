package dev.sideline.host.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsoncTextTest {

  private static final JsonPointer PLACE = JsonPointer.compile("/mcp/sideline");

  private final ObjectNode value = JsonNodeFactory.instance.objectNode().put("type", "local");

  @Test
  void a_member_is_added_at_the_end_in_the_style_of_the_rest() throws IOException {
    String text = "{\n    \"$schema\": \"x\",\n    \"mcp\": {\n        \"a\": {}\n    }\n}\n";

    assertThat(JsoncText.of(text).with(PLACE, value).text())
        .isEqualTo(
            """
            {
                "$schema": "x",
                "mcp": {
                    "a": {},
                    "sideline": {
                        "type": "local"
                    }
                }
            }
            """);
  }

  @Test
  void comments_and_trailing_commas_stay() throws IOException {
    String text =
        """
        {
          // which model
          "model": "a/b", // for now
          /* servers */
          "mcp": {
            "a": {"url": "http://x"}, // mine
          },
        }
        """;

    JsoncText with = JsoncText.of(text).with(PLACE, value);

    assertThat(with.text())
        .contains("// which model", "// for now", "/* servers */", "// mine", "\"sideline\": {");
    assertThat(with.without(PLACE).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }",
        "{\n}\n",
        "{\"model\":\"x\"}",
        "{\"mcp\":{\"a\":{}}}",
        "{\"mcp\":{\"a\":{},\"b\":{}},\"z\":[1,2]}",
        "{\n  \"a\": 1.5e3\n}",
        "{\n  \"a\": \"}\\\"{ // no comment\"\n}",
        "{\n  \"mcp\": {\n    // note\n    \"a\": {}\n  },\n  \"b\": null\n}",
        "// head\n{\n  \"a\": true, // tail\n}\n// foot\n",
        "{\"mcp\":{\"a\":{} /* x */ , /* y */ }}",
        "{\r\n  \"a\": 1,\r\n  \"mcp\": {\r\n    \"b\": {}\r\n  }\r\n}\r\n",
        "{\n\t\"mcp\": {\n\t\t\"a\": {} // last, no comma\n\t}\n}",
      })
  void what_was_set_can_be_read_set_again_and_taken_away(String text) throws IOException {
    JsoncText before = JsoncText.of(text);

    JsoncText with = before.with(PLACE, value);
    assertThat(with.at(PLACE)).isEqualTo(value);
    assertThat(with.with(PLACE, value).text()).isEqualTo(with.text());

    ObjectNode other = JsonNodeFactory.instance.objectNode().put("type", "remote");
    assertThat(with.with(PLACE, other).at(PLACE)).isEqualTo(other);

    String after =
        JsonPart.pruned(with.without(PLACE), PLACE.head(), MissingNode.getInstance()).text();
    assertThat(JsoncText.of(after).at(PLACE)).isEqualTo(MissingNode.getInstance());
    assertThat(after.replaceAll("\\s", "")).isEqualTo(text.replaceAll("\\s", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"mcp\":{\"sideline\":{},\"b\":{}}}",
        "{\n  \"mcp\": {\n    // ours\n    \"sideline\": {}, // tail\n    \"b\": {}\n  }\n}",
        "{\"mcp\":{\"sideline\":{}}}",
        "{\"mcp\":{\"sideline\":{},},}",
        "{\"a\":1,\"mcp\":{\"sideline\":{}},\"b\":2}",
        "{\"a\":1, // one\n \"mcp\":{\"x\":1, // two\n \"sideline\":{}}}",
      })
  void a_member_is_removed_wherever_it_stands(String text) throws IOException {
    JsoncText after = JsoncText.of(text).without(PLACE);

    assertThat(after.at(PLACE)).isEqualTo(MissingNode.getInstance());
    assertThat(JsoncText.of(after.text()).text()).isEqualTo(after.text());
  }

  @Test
  void removing_what_is_not_there_changes_nothing() throws IOException {
    assertThat(JsoncText.of("{\"a\":1}").without(PLACE).text()).isEqualTo("{\"a\":1}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{", "{\"a\":}", "null", "{'a':1}"})
  void what_is_no_object_is_refused(String text) {
    assertThatThrownBy(() -> JsoncText.of(text)).isInstanceOf(IOException.class);
  }
}
