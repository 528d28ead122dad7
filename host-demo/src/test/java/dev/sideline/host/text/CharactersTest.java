package dev.sideline.host.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CharactersTest {

  @ParameterizedTest
  @CsvSource({
    "plain, plain",
    "\ud83d\udc4d, \ud83d\udc4d",
    "\ud83d, \ufffd",
    "a\udc4db, a\ufffdb",
    "\ud83d\ud83d\udc4d, \ufffd\ud83d\udc4d",
    "\udc4d\ud83d, \ufffd\ufffd",
  })
  void half_characters_are_replaced_and_whole_ones_stay(String text, String whole) {
    assertThat(Characters.whole(text)).isEqualTo(whole);
  }

  @Test
  void a_cut_never_leaves_half_a_character() {
    String text = "a\ud83d\udc4db";
    assertThat(Characters.start(text, 0)).isEmpty();
    assertThat(Characters.start(text, 1)).isEqualTo("a");
    assertThat(Characters.start(text, 2)).isEqualTo("a");
    assertThat(Characters.start(text, 3)).isEqualTo("a\ud83d\udc4d");
    assertThat(Characters.start(text, 4)).isEqualTo(text);
    assertThat(Characters.cut(text, 2)).isEqualTo("a…");
    assertThat(Characters.cut(text, 4)).isEqualTo(text);
  }
}
