package dev.sideline.host.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutLinesTest {

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void lines_end_as_on_any_system(String end) throws IOException {
    assertThat(lines("one" + end + end + "two" + end, 10)).containsExactly("one", "", "two");
    assertThat(lines(end + "one" + end + "two", 10)).containsExactly("", "one", "two");
    assertThat(lines("", 10)).isEmpty();
  }

  @Test
  void of_a_long_line_the_beginning_is_kept_in_whole_characters_and_the_next_one_is_whole()
      throws IOException {
    assertThat(lines("12345678\n1234\n12345\n123\uD83D\uDE00\n", 4))
        .containsExactly("1234", "1234", "1234", "123");
  }

  private static List<String> lines(String text, int maxChars) throws IOException {
    List<String> all = new ArrayList<>();
    CutLines lines = new CutLines(new StringReader(text), maxChars);
    for (String line = lines.next(); line != null; line = lines.next()) {
      all.add(line);
    }
    return all;
  }
}
