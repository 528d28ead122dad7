package dev.sideline.background.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.background.engine.protocol.ResultCheck;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the schema and the answer are, there is a verdict, and soon. */
@Timeout(30)
class ResultSchemasTest {

  private static final Duration SOON = Duration.ofSeconds(8);
  private static final String COUNT =
      """
      {"type":"object","properties":{"count":{"type":"integer","minimum":0},\
      "files":{"type":"array","items":{"type":"string","pattern":"^[a-z]+\\\\.java$"}}},\
      "required":["count"],"additionalProperties":false}\
      """;

  private final ResultSchemas schemas = new ResultSchemas();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"count\":42}",
        "  {\"count\": 42,\n \"files\": [\"a.java\"]}\n",
        "Here is what I found:\n```json\n{\"count\":42}\n```\nThat is all.",
        "```\n{\"count\":42}\n```",
        "I have looked at {everything}.\n```JSON\n{\"count\":42}\n```",
        "The answer is {\"count\":42}. I am sure.",
        "```bash\nls\n```\n```json\n{\"count\":42}\n```",
      })
  void an_answer_that_fits_is_found_wherever_it_stands(String answer) {
    ResultCheck check = schemas.check(COUNT, answer);

    assertThat(check.problems()).isEmpty();
    assertThat(check.json()).startsWith("{\"count\":").contains("42").endsWith("}");
  }

  @Test
  void what_fits_is_returned_as_it_was_written() {
    assertThat(schemas.check("{\"type\":\"number\"}", " 1.10000000000000000000001 ").json())
        .isEqualTo("1.10000000000000000000001");
    assertThat(schemas.check("{\"type\":\"array\"}", "so: [1, {\"a\": []}] ok").json())
        .isEqualTo("[1, {\"a\": []}]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"count\":-1} | at /count: must have a minimum value of 0",
        "{\"count\":\"42\"} | at /count: string found, integer expected",
        "{} | required property 'count' not found",
        "{\"count\":1,\"more\":2} | property 'more' is not defined",
        "{\"count\":1,\"files\":[\"A.java\"]} | at /files/0: does not match the regex pattern",
        "[] | array found, object expected",
        "there are 42 | the answer is not JSON: ",
        "^^ | the answer is not JSON: it is empty",
        "{\"count\":1,\"count\":2} | the answer is not JSON: it goes wrong, goes on after its end,"
            + " or has a name twice",
      })
  void an_answer_that_does_not_fit_comes_with_the_reason(String answer, String problem) {
    ResultCheck check = schemas.check(COUNT, answer);

    assertThat(check.json()).isNull();
    assertThat(check.problems()).isNotEmpty();
    assertThat(check.problems().get(0)).contains(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"count\":x} | has a name twice, at character 10 of it",
        "\"a\" 2 | goes on after its end",
        "{\"count\": | it ends in the middle",
        "{\"count\":\"\t\"} | it goes wrong",
        "NESTED | it is more than is taken: nested up to 100 deep",
      })
  void what_a_parser_says_is_not_passed_on(String written, String problem) {
    String text = written.equals("NESTED") ? "[".repeat(101) : written;

    for (String told :
        List.of(schemas.check("{}", text).problems().get(0), schemas.problems(text).get(0))) {
      assertThat(told).contains("not JSON: ", problem);
      assertThat(told).doesNotContain("java", "code 1", "StreamRead", "Feature", "(");
    }
  }

  @Test
  void what_the_validator_meets_in_itself_is_not_passed_on() {
    String schema = "{\"multipleOf\":1e400}";

    assertThat(schemas.problems(schema))
        .containsExactly("it cannot be checked: the validator fails with it");
    assertThat(schemas.check(schema, "5").problems())
        .containsExactly("it cannot be checked: the validator fails with it");
  }

  @Test
  void two_blocks_of_JSON_are_not_an_answer() {
    assertThat(
            schemas
                .check(COUNT, "```json\n{\"count\":1}\n```\nor\n```json\n{\"count\":2}\n```")
                .json())
        .isNull();
  }

  @Test
  void problems_are_few_and_short() {
    String wrong =
        IntStream.range(0, 5_000)
            .mapToObj(i -> "\"" + "x\\n\\u2028".repeat(100) + i + "\"")
            .collect(Collectors.joining(",", "[", "]"));

    List<String> problems =
        schemas.check("{\"items\":{\"type\":\"integer\",\"enum\":[1]}}", wrong).problems();

    assertThat(problems).hasSize(10).endsWith("and more");
    assertThat(problems).allSatisfy(problem -> assertThat(problem).hasSizeLessThanOrEqualTo(200));
    assertThat(problems).noneMatch(problem -> problem.contains("\n"));
  }

  // --- schemas

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"type\":\"object\"}",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"string\"}",
        "{\"$schema\":\"http://json-schema.org/draft-04/schema#\",\"type\":\"string\"}",
        "{\"$schema\":\"https://json-schema.org/draft/2019-09/schema\",\"type\":\"string\"}",
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"string\"}",
        "{\"$defs\":{\"n\":{\"type\":\"object\",\"properties\":{\"next\":{\"$ref\":\"#/$defs/n\"}}}},"
            + "\"$ref\":\"#/$defs/n\"}",
        "{\"pattern\":\"^\\\\d{4}-\\\\d{2}-\\\\d{2}$\",\"format\":\"date\"}",
      })
  void a_schema_is_one(String schema) {
    assertThat(schemas.problems(schema)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      value = {
        "{\"type\":\"whole number\"} | at /type",
        "{\"properties\":[]} | at /properties",
        "{\"minimum\":\"1\"} | at /minimum",
        "{\"$schema\":\"https://example.com/mine\"} | the $schema 'https://example.com/mine' is"
            + " not",
        "{\"$ref\":\"#/$defs/missing\"} | missing",
        "{\"$ref\":\"https://example.com/other.json\"} | example.com",
        "{\"$ref\":\"file:///etc/passwd\"} | passwd",
        "{\"$ref\":\"http://json-schema.org/draft-99/schema\"} | not allowed to be loaded",
        "{\"$ref\":\"https://json-schema.org/draft/2020-12/nope\"} | not allowed to be loaded",
        "{\"$ref\":\"classpath:META-INF/MANIFEST.MF\"} | MANIFEST",
        "{\"pattern\":\"(\"} | the pattern '(' cannot be used",
        "{\"pattern\":\"^(?=a)b$\"} | the pattern '^(?=a)b$' cannot be used",
        "{\"properties\":{\"a\":{\"pattern\":\"(a)\\\\1\"}}} | cannot be used",
        "{\"patternProperties\":{\"(a\":{}}} | cannot be used",
        "{\"pattern\":\"(((a{1000}){1000}){1000}){1000}\"} | repeats too much",
        "{\"type\": | it is not JSON",
      })
  void what_is_no_schema_comes_with_the_reason(String schema, String problem) {
    List<String> problems = schemas.problems(schema);

    assertThat(problems).isNotEmpty();
    assertThat(String.join("\n", problems)).contains(problem);
  }

  // --- hostile ones

  @Test
  void a_pattern_that_would_go_back_and_forth_for_ever_is_matched_in_no_time() {
    String schema = "{\"type\":\"string\",\"pattern\":\"^((a+)+)+$\"}";

    assertSoon(
        () -> assertThat(schemas.check(schema, "\"" + "a".repeat(50_000) + "!\"").json()).isNull());
    assertThat(schemas.check(schema, "\"aaa\"").json()).isEqualTo("\"aaa\"");
  }

  @Test
  void a_pattern_that_is_large_on_a_text_that_is_long_is_given_up() {
    String schema = "{\"pattern\":\"(a?){900}(b?){900}z\"}";

    assertSoon(
        () ->
            assertThat(schemas.check(schema, "\"" + "a".repeat(190_000) + "\"").problems())
                .isNotEmpty());
  }

  @Test
  void alternatives_that_multiply_are_given_up() {
    String defs =
        IntStream.range(0, 200)
            .mapToObj(
                i ->
                    "\"d%d\":{\"anyOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]}"
                        .formatted(i, i + 1, i + 1))
            .collect(Collectors.joining(","));
    String schema =
        "{\"$defs\":{" + defs + ",\"d200\":{\"type\":\"integer\"}},\"$ref\":\"#/$defs/d0\"}";

    assertSoon(
        () ->
            assertThat(schemas.check(schema, "\"no\"").problems())
                .containsExactly("it takes too many steps to check"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"$ref\":\"#\"}",
        "{\"allOf\":[{\"$ref\":\"#\"}]}",
        "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},"
            + "\"$ref\":\"#/$defs/a\"}",
        "{\"$dynamicAnchor\":\"a\",\"not\":{\"$dynamicRef\":\"#a\"}}",
      })
  void a_schema_that_goes_round_is_given_up(String schema) {
    assertSoon(() -> assertThat(schemas.check(schema, "1").json()).isNull());
  }

  @Test
  void depth_and_length_are_bounded() {
    String deep = "[".repeat(5_000) + "]".repeat(5_000);
    String deepSchema = "{\"not\":".repeat(5_000) + "{}" + "}".repeat(5_000);
    String long_ = "[" + "1,".repeat(2_000_000) + "1]";

    assertSoon(() -> assertThat(schemas.check("{}", deep).json()).isNull());
    assertSoon(() -> assertThat(schemas.problems(deepSchema)).isNotEmpty());
    assertSoon(() -> assertThat(schemas.check("{}", long_).json()).isNull());
    assertSoon(() -> assertThat(schemas.check("{}", "{".repeat(200_000)).json()).isNull());
    assertSoon(() -> assertThat(schemas.check("{}", "```\n".repeat(50_000)).json()).isNull());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1e-999999999", "-1e400"})
  void a_number_beyond_all_measure_does_no_harm(String number) {
    assertSoon(
        () -> {
          var unused = schemas.check("{\"multipleOf\":0.1,\"maximum\":5}", number);
          unused = schemas.check("{\"multipleOf\":" + number + "}", "7");
          unused = schemas.check("{\"type\":\"integer\"}", number);
        });
  }

  @Test
  void an_interrupt_ends_a_check() {
    Thread.currentThread().interrupt();
    try {
      String many = "[" + "1,".repeat(100_000) + "1]";
      assertThat(schemas.check("{\"items\":{\"type\":\"integer\"}}", many).problems())
          .containsExactly("it takes too many steps to check");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  private static void assertSoon(Runnable check) {
    long begun = System.nanoTime();
    check.run();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 1_500})
  void values_that_are_made_to_look_alike_are_not_compared_each_with_each(int times) {
    // Strings of 15 pairs, each of which may be one of two of the same hash code.
    String values =
        IntStream.range(0, 20_000)
            .mapToObj(
                number ->
                    IntStream.range(0, 15)
                        .mapToObj(bit -> (number >> bit & 1) == 0 ? "Aa" : "BB")
                        .collect(Collectors.joining("", "\"", "\"")))
            .collect(Collectors.joining(",", "[", "]"));
    String unique =
        IntStream.range(0, times)
            .mapToObj(number -> "{\"uniqueItems\":true}")
            .collect(Collectors.joining(",", "{\"allOf\":[", "]}"));
    for (String answer : List.of(values, "{\"a\":[" + values + "]}")) {
      long begun = System.nanoTime();
      ResultCheck check = schemas.check(unique, answer);

      assertThat(check.problems()).containsExactly("it takes too many steps to check");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON);
    }
  }

  @Test
  void a_long_list_of_different_or_of_equal_values_is_checked() {
    String different =
        IntStream.range(0, 20_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "[", "]"));
    String equal =
        IntStream.range(0, 20_000).mapToObj(n -> "0").collect(Collectors.joining(",", "[", "]"));

    assertThat(schemas.check("{\"uniqueItems\":true}", different).problems()).isEmpty();
    assertThat(schemas.check("{\"type\":\"array\"}", equal).problems()).isEmpty();
    assertThat(schemas.check("{\"uniqueItems\":true}", equal).problems()).isNotEmpty();
  }

  @Test
  void a_keyword_that_looks_at_all_of_a_large_answer_again_and_again_is_given_up() {
    String large =
        IntStream.range(0, 300_000)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(",", "[", "]"));
    String unique =
        IntStream.range(0, 1_500)
            .mapToObj(number -> "{\"uniqueItems\":true}")
            .collect(Collectors.joining(",", "{\"allOf\":[", "]}"));
    long begun = System.nanoTime();

    assertThat(schemas.check(unique, large).problems())
        .containsExactly("it takes too many steps to check");
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(SOON.multipliedBy(2));
  }
}
