package dev.sideline.host.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HarmlessTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"", "plain", "Grüße, 你好 \ud83d\udc4d", "two\nlines\tand a tab", "a\\u001b"})
  void what_can_be_seen_stays_as_it_is(String text) {
    assertThat(Harmless.text(text)).isEqualTo(text);
  }

  static Stream<Arguments> harm() {
    return Stream.of(
        arguments("\u001b[31mred", "\\u001b[31mred"),
        arguments("\u001b]0;title\u0007", "\\u001b]0;title\\u0007"),
        arguments("\u009b2J", "\\u009b2J"),
        arguments("fine\rspoofed", "fine\\u000dspoofed"),
        arguments("a\u202egnp.exe", "a\\u202egnp.exe"),
        arguments("zero\u200bwidth", "zero\\u200bwidth"),
        arguments("\udb40\udc41tag", "\\udb40\\udc41tag"),
        arguments("half\ud83d", "half\\ud83d"),
        arguments("\ud83d\udc4d\u2028", "\ud83d\udc4d\\u2028"),
        arguments("\ufefftext", "\\ufefftext"));
  }

  @ParameterizedTest
  @MethodSource("harm")
  void what_commands_a_terminal_or_deceives_the_eye_is_escaped(String text, String shown) {
    assertThat(Harmless.text(text)).isEqualTo(shown);
    assertThat(Harmless.line(text)).isEqualTo(shown);
  }

  @Test
  void line_breaks_of_windows_are_line_breaks() {
    assertThat(Harmless.text("a\r\nb")).isEqualTo("a\nb");
    assertThat(Harmless.line("a\nb\tc")).isEqualTo("a\\u000ab\\u0009c");
  }

  @Test
  void json_means_the_same_afterwards() throws Exception {
    JsonMapper mapper = new JsonMapper();
    String text = "\u001b[31m\u009b\u202e \udb40\udc41 \ud83d\udc4d ü\r\n";
    String json = mapper.writeValueAsString(text);

    assertThat(Harmless.json(json)).doesNotContain("\u009b", "\u202e", "\udb40\udc41");
    assertThat(mapper.readValue(Harmless.json(json), String.class)).isEqualTo(text);
  }
}
