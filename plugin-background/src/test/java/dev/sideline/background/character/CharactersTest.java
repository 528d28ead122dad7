package dev.sideline.background.character;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CharactersTest {

  private static final String THUMB = "\ud83d\udc4d";

  static Stream<Arguments> texts() {
    return Stream.of(
        arguments("plain", "plain", "plain"),
        arguments("Grüße 你好 " + THUMB, "Grüße 你好 " + THUMB, "Grüße 你好 " + THUMB),
        arguments("\ud83d", "\ufffd", "\\ud83d"),
        arguments("a\udc4db", "a\ufffdb", "a\\udc4db"),
        arguments("\ud83d" + THUMB, "\ufffd" + THUMB, "\\ud83d" + THUMB),
        arguments("gnp\u202eexe", "gnp\u202eexe", "gnp\\u202eexe"),
        arguments("zero\u200bwidth", "zero\u200bwidth", "zero\\u200bwidth"),
        arguments("\udb40\udc41", "\udb40\udc41", "\\udb40\\udc41"),
        arguments("\u001b[31m", "\u001b[31m", "\\u001b[31m"),
        arguments("a\nb", "a\nb", "a\\u000ab"));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void half_characters_are_replaced_and_what_cannot_be_seen_is_escaped(
      String text, String whole, String visible) {
    assertThat(Characters.whole(text)).isEqualTo(whole);
    assertThat(Characters.visible(text)).isEqualTo(visible);
  }

  @Test
  void a_cut_never_leaves_half_a_character() {
    String text = "a" + THUMB + "b";
    assertThat(Characters.cut(text, 2)).isEqualTo("a…");
    assertThat(Characters.cut(text, 3)).isEqualTo("a" + THUMB + "…");
    assertThat(Characters.cut(text, 4)).isEqualTo(text);
    assertThat(Characters.before(text, 2)).isEqualTo(1);
    assertThat(Characters.after(text, 2)).isEqualTo(3);
    assertThat(Characters.before("\udc4d", 0)).isZero();
  }
}
