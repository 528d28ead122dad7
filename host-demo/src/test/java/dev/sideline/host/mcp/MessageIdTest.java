package dev.sideline.host.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageIdTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"id\":7,\"params\":{\"x\":\"endless               | 7",
        "{\"params\":{\"id\":1,\"y\":[{\"id\":2}]},\"id\":7}  | 7",
        "{\"params\":{\"id\":1}, \"id\" : \"a\\\"b\\u0041\" } | \"a\\\"b\\u0041\"",
        "{\"x\":\",\\\"id\\\":3,\",\"id\":-12,                | -12",
        "{\"x\":\"{[\",\"id\":7,\"y\":oops                    | 7",
        "{\"x\":[[[[{\"id\":1}]]]],\"id\":\"seven\",          | \"seven\"",
      })
  void the_id_of_the_outermost_object_is_found_wherever_it_stands(String message, String id) {
    assertThat(MessageId.in(message.getBytes(StandardCharsets.UTF_8))).isEqualTo(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{",
        "}}}}{\"id\":1",
        "{\"id\":7",
        "{\"id\":[7],",
        "{\"id\":{\"id\":7},",
        "{\"id\":1.5,",
        "{\"id\":null,",
        "{\"id\":\"\uFFFD\",",
        "{\"id\":\"half \\x\",",
        "[{\"id\":7}]",
        "{\"x\":\"id\",\"y\":7}",
        "{\"ID\":7}",
      })
  void nothing_is_taken_for_an_id_that_is_none(String message) {
    assertThat(MessageId.in(message.getBytes(StandardCharsets.UTF_8))).isNull();
  }
}
