package dev.sideline.background.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {

  private static final String EMOJI = "\uD83D\uDE00";
  private static final String MIXED = ("a" + EMOJI + "bc" + EMOJI + EMOJI + "\n").repeat(50);

  @Test
  void a_text_that_fits_is_shown_whole() {
    assertThat(Excerpt.end("abc", 3)).isEqualTo(new Excerpt("abc", 0, 3, 3));
    assertThat(Excerpt.end("abc", 3).whole()).isTrue();
    assertThat(Excerpt.from("abc", 0, 100).whole()).isTrue();
    assertThat(Excerpt.end("", 3)).isEqualTo(new Excerpt("", 0, 0, 0));
  }

  @Test
  void of_a_long_text_the_end_is_kept() {
    assertThat(Excerpt.end("abcdef", 2)).isEqualTo(new Excerpt("ef", 4, 6, 6));
    assertThat(Excerpt.end("abcdef", 2).whole()).isFalse();
  }

  @Test
  void a_cut_does_not_go_through_a_character() {
    String text = "a" + EMOJI + "b";

    assertThat(Excerpt.end(text, 2)).isEqualTo(new Excerpt("b", 3, 4, 4));
    assertThat(Excerpt.end(text, 3)).isEqualTo(new Excerpt(EMOJI + "b", 1, 4, 4));
    assertThat(Excerpt.from(text, 0, 2)).isEqualTo(new Excerpt("a", 0, 1, 4));
    assertThat(Excerpt.from(text, 2, 2)).isEqualTo(new Excerpt(EMOJI, 1, 3, 4));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 100, 399, 400, 401})
  void reading_on_from_cursor_to_cursor_covers_the_text_exactly_once(int maxChars)
      throws CharacterCodingException {
    List<String> pieces = new ArrayList<>();
    int since = 0;
    while (since < MIXED.length()) {
      Excerpt piece = Excerpt.from(MIXED, since, maxChars);
      assertThat(piece.from()).isEqualTo(since);
      assertThat(piece.to()).isGreaterThan(since);
      // A character has two units at most.
      assertThat(piece.text().length()).isLessThanOrEqualTo(Math.max(2, maxChars));
      assertThat(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(piece.text())))
          .isNotNull();
      pieces.add(piece.text());
      since = Math.toIntExact(piece.to());
    }

    assertThat(String.join("", pieces)).isEqualTo(MIXED);
  }

  @Test
  void a_cursor_beyond_the_end_shows_nothing() {
    assertThat(Excerpt.from("abc", 3, 10)).isEqualTo(new Excerpt("", 3, 3, 3));
    assertThat(Excerpt.from("abc", Integer.MAX_VALUE, 10)).isEqualTo(new Excerpt("", 3, 3, 3));
  }

  @Test
  void half_a_character_at_the_end_is_no_obstacle() {
    String torn = "abc\uD83D";

    assertThat(Excerpt.end(torn, 1).text()).isEqualTo("\uD83D");
    assertThat(Excerpt.from(torn, 3, 1).to()).isEqualTo(4);
  }

  @Test
  void a_cursor_counts_from_the_beginning_also_where_that_is_not_kept() {
    Excerpt end = Excerpt.end("56789", 5, 3);
    Excerpt gone = Excerpt.from("56789", 5, 0, 3);
    Excerpt next = Excerpt.from("56789", 5, 8, 3);

    assertThat(end).isEqualTo(new Excerpt("789", 7, 10, 10));
    assertThat(gone).isEqualTo(new Excerpt("567", 5, 8, 10));
    assertThat(next).isEqualTo(new Excerpt("89", 8, 10, 10));
    assertThat(Excerpt.end("56789", 5, 10).whole()).isFalse();
  }
}
