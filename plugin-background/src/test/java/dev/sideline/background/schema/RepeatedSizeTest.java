package dev.sideline.background.schema;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepeatedSizeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "abc                              | 3",
        "^\\d{4}-\\d{2}-\\d{2}$           | 12",
        "[a-z{9}]{3}                      | 3",
        "(ab){10}                         | 20",
        "((a{100}){100}){100}             | 1000000",
        "(((a{1000}){1000}){1000}){1000}  | 1000000000",
        "a{2,5}b                          | 6",
        "a{3,}                            | 3",
        "a\\{100}                         | 6",
        "(abc){7}x                        | 22",
        "((a                              | 1",
        "))){5}                           | 5",
        "{5}                              | 5",
      })
  void what_is_repeated_counts_as_often_as_it_is(String regex, long size) {
    assertThat(RepeatedSize.of(regex)).isEqualTo(size);
  }
}
