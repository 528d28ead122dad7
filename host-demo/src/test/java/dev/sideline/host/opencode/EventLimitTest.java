package dev.sideline.host.opencode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLimitTest {

  private static final int LIMIT = 100;

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\r\n"})
  void events_of_any_number_pass_if_each_ends(String newline) throws IOException {
    String event = "data: " + "x".repeat(40) + newline + "data: y" + newline + newline;

    String lineFeed = newline.equals("\r") ? "\n" : ""; // One is added at the end.
    assertThat(read(event.repeat(1_000), 7)).isEqualTo(event.repeat(1_000) + lineFeed);
  }

  @ParameterizedTest
  @ValueSource(strings = {"data: x\n", "data: x\r\n", "data: x\r", "data: xxxxxxxxxx", ": heart\n"})
  void an_event_that_does_not_end_is_cut_whatever_its_lines_are(String piece) {
    for (int chunk : List.of(1, 7, 8_192)) {
      assertThatThrownBy(() -> read(piece.repeat(LIMIT * 2), chunk))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("more than 100 bytes");
    }
  }

  @Test
  void what_ends_in_time_after_a_long_one_is_counted_anew() throws IOException {
    String long1 = "data: " + "x".repeat(90) + "\n\n";

    assertThat(read(long1 + long1 + "\n\n\n\n", 1)).hasSize(2 * long1.length() + 4);
  }

  private static String read(String text, int chunk) throws IOException {
    Buffer source = new Buffer().writeUtf8(text);
    try (BufferedSource limited = Okio.buffer(EventLimit.limited(source, LIMIT))) {
      Buffer read = new Buffer();
      while (limited.read(read, chunk) >= 0) {
        // Until all is read.
      }
      return read.readUtf8();
    }
  }
}
