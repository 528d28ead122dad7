package dev.sideline.background.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sideline.api.fuzz.Fuzz;
import dev.sideline.api.fuzz.Garble;
import dev.sideline.background.ErrorLog;
import dev.sideline.background.engine.protocol.ResultCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever a schema and an answer are, there is a verdict, soon, and in our own words. */
class ResultSchemasFuzzTest {

  /** A check is given up after five seconds, and there may be a busy machine. */
  private static final Duration SOON = Duration.ofSeconds(20);

  private static final JsonMapper JSON = new JsonMapper();
  private static final List<String> NAMES = List.of("a", "b", "count", "files", "$defs");

  private final ResultSchemas schemas = new ResultSchemas();
  private ErrorLog log;

  @BeforeEach
  void listen() {
    log = new ErrorLog();
  }

  @AfterEach
  void stopListening() {
    log.close();
  }

  @Test
  void there_is_a_verdict_in_words_whatever_a_schema_and_an_answer_are() {
    Fuzz.run(this::round);
  }

  private void round(Random random) throws JsonProcessingException {
    Garble garble = new Garble(random);
    String sound = schema(garble, random, 4);
    String schema = garble.any(sound, sound, sound, garble.damaged(sound), garble.json());
    long begin = System.nanoTime();

    List<String> problems = schemas.problems(schema);
    assertInOurWords(schema, problems);
    for (int i = 0; i < 5; i++) {
      String answer = answer(garble, random);
      ResultCheck check = schemas.check(schema, answer);

      assertInOurWords(schema + " and " + answer, check.problems());
      if (check.json() == null) {
        assertThat(check.problems()).as(schema + " and " + answer).isNotEmpty();
      } else {
        assertThat(check.problems()).isEmpty();
        assertThat(answer).contains(check.json());
        assertThat(JSON.readTree(check.json())).isNotNull();
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as(schema + " and " + answer)
          .isLessThan(SOON);
    }
    log.assertNone();
  }

  private static void assertInOurWords(String what, List<String> problems) {
    assertThat(problems).as(what).hasSizeLessThanOrEqualTo(10);
    for (String problem : problems) {
      assertThat(problem)
          .as(what)
          .isNotBlank()
          .hasSizeLessThanOrEqualTo(200)
          .doesNotContainPattern("[\\p{Cc}\\p{Cs}]")
          .doesNotContain("java.", "Exception", "fasterxml", "networknt", "StreamRead", "Feature.");
    }
  }

  private static String answer(Garble garble, Random random) {
    String value =
        garble.any(garble.json(), garble.object(NAMES), "[1,1,2]", "1e400", "{\"a\":".repeat(150));
    return switch (random.nextInt(6)) {
      case 0 -> "So:\n```json\n" + value + "\n```\n" + garble.text();
      case 1 -> garble.text() + value + garble.text();
      case 2 -> garble.damaged(value);
      default -> value;
    };
  }

  private static String schema(Garble garble, Random random, int depth) {
    if (depth == 0 || garble.oneIn(12)) {
      return garble.any("true", "false", "{}", "{\"type\":\"string\"}", ref(garble));
    }
    List<String> members = new ArrayList<>();
    if (garble.oneIn(8)) {
      members.add("\"$schema\":" + draft(garble));
    }
    for (int i = random.nextInt(5); i > 0; i--) {
      members.add(keyword(garble, random, depth - 1));
    }
    return "{" + String.join(",", members) + "}";
  }

  private static String draft(Garble garble) {
    return garble.any(
        "\"http://json-schema.org/draft-04/schema#\"",
        "\"http://json-schema.org/draft-06/schema#\"",
        "\"http://json-schema.org/draft-07/schema#\"",
        "\"https://json-schema.org/draft/2019-09/schema\"",
        "\"https://json-schema.org/draft/2020-12/schema\"",
        "\"http://127.0.0.1:1/schema\"",
        "\"classpath:draft-07/schema\"",
        "\"\"",
        "null",
        "7",
        Garble.quoted(garble.text()));
  }

  private static String ref(Garble garble) {
    String to =
        garble.any(
            "#",
            "#/$defs/a",
            "#/properties/a",
            "#/nowhere",
            "a",
            "file:///etc/passwd",
            "http://127.0.0.1:1/x",
            "https://json-schema.org/draft/2020-12/schema",
            "#" + garble.text(),
            garble.text());
    return "{"
        + Garble.quoted(garble.any("$ref", "$dynamicRef", "$recursiveRef"))
        + ":"
        + Garble.quoted(to)
        + "}";
  }

  private static String keyword(Garble garble, Random random, int depth) {
    String name =
        garble.any(
            "type",
            "enum",
            "const",
            "pattern",
            "format",
            "minLength",
            "maximum",
            "multipleOf",
            "minItems",
            "uniqueItems",
            "required",
            "properties",
            "patternProperties",
            "$defs",
            "additionalProperties",
            "items",
            "prefixItems",
            "contains",
            "allOf",
            "anyOf",
            "oneOf",
            "not",
            "if",
            "then",
            "dependentSchemas",
            "unevaluatedProperties",
            "propertyNames",
            "$id",
            "$anchor",
            "$dynamicAnchor",
            "$vocabulary",
            "dependencies",
            "definitions",
            "contentSchema",
            "discriminator",
            "nullable",
            "readOnly",
            "title");
    String value =
        garble.oneIn(10)
            ? garble.json()
            : switch (name) {
              case "type" ->
                  garble.any("\"object\"", "\"integer\"", "[\"string\",\"null\"]", "\"x\"");
              case "enum" -> "[" + garble.json() + "," + garble.json() + "]";
              case "pattern" -> Garble.quoted(pattern(garble));
              case "format" ->
                  garble.any("\"date\"", "\"regex\"", "\"ipv6\"", "\"uri\"", "\"idn-email\"");
              case "minLength", "maximum", "multipleOf", "minItems" ->
                  garble.any(
                      "0", "1", "2.5", "-1", "1e308", "1e400", "0.0001", "99999999999999999999");
              case "uniqueItems", "nullable", "readOnly" -> garble.any("true", "false");
              case "required" -> "[\"a\",\"b\"]";
              case "properties", "$defs", "definitions", "dependentSchemas", "dependencies" ->
                  members(garble, random, depth, garble.anyOf(NAMES), garble.anyOf(NAMES));
              case "patternProperties" ->
                  members(garble, random, depth, pattern(garble), garble.text());
              case "prefixItems", "allOf", "anyOf", "oneOf" ->
                  "[" + schema(garble, random, depth) + "," + schema(garble, random, depth) + "]";
              case "$id", "$anchor", "$dynamicAnchor", "title" ->
                  Garble.quoted(garble.any("a", "#a", "http://x/y", "urn:x", garble.text()));
              case "$vocabulary", "discriminator" ->
                  garble.object(List.of("http://x/y", "propertyName"));
              default -> schema(garble, random, depth);
            };
    return Garble.quoted(name) + ":" + value;
  }

  private static String members(Garble garble, Random random, int depth, String one, String two) {
    return "{"
        + Garble.quoted(one)
        + ":"
        + schema(garble, random, depth)
        + (one.equals(two) ? "" : "," + Garble.quoted(two) + ":" + schema(garble, random, depth))
        + "}";
  }

  private static String pattern(Garble garble) {
    return garble.any(
        "^a+$",
        "(a+)+$",
        "(?=a)b",
        "\\1",
        "((a{100}){100}){100}",
        "[",
        "\\p{L}",
        "\\cA",
        "(?<n>x)",
        "^[a-z]{1,900}$",
        garble.damaged("^([a-z]+|\\d{2,5})*\\s$"),
        garble.text());
  }
}
