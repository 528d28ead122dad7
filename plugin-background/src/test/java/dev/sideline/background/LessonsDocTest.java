package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests exist that are named by the lessons, by what rough hands do and what was tried. */
class LessonsDocTest {

  private static final String LESSONS = "lessons.md";
  private static final String ROUGH_HOSTS = "rough-hosts.md";
  private static final String ATTACKS = "attacks.md";
  private static final String DURABILITY = "durability.md";
  private static final Pattern SURVIVES =
      Pattern.compile("(?m)^\\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|$");
  private static final List<String> MODULES =
      List.of("api", "api-testkit", "plugin-background", "host-demo", "examples");
  private static final Pattern ROW =
      Pattern.compile("\\| ([LRA]\\d+) \\| [^|]+ \\| [^|]+ \\| ([^|]+) \\|");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

  @ParameterizedTest
  @CsvSource({LESSONS + ", L, 33", ROUGH_HOSTS + ", R, 32", ATTACKS + ", A, 48"})
  void every_row_stands_there_once_with_a_test_or_as_one_for_later(
      String document, String letter, int rows) throws IOException {
    List<MatchResult> found = matches(document, ROW);

    assertThat(found)
        .extracting(row -> row.group(1))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, rows).mapToObj(number -> letter + number).toList());
    assertThat(found)
        .allSatisfy(
            row ->
                assertThat(row.group(2).equals("later") || NAMED.matcher(row.group(2)).find())
                    .as(row.group())
                    .isTrue());
  }

  @Test
  void every_cell_of_what_survives_what_names_a_test() throws IOException {
    List<MatchResult> rows =
        matches(DURABILITY, SURVIVES).stream()
            .filter(row -> row.group().contains("#") || row.group(3).contains("damaged"))
            .toList();

    assertThat(rows.get(0).group(1)).startsWith("the owner is killed");
    assertThat(rows).hasSizeGreaterThan(8);
    assertThat(rows.subList(1, rows.size()))
        .allSatisfy(
            row -> {
              assertThat(row.group(1)).containsPattern(NAMED);
              assertThat(row.group(2)).containsPattern(NAMED);
              assertThat(row.group(3)).containsPattern(NAMED);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {LESSONS, ROUGH_HOSTS, ATTACKS, DURABILITY})
  void every_test_that_is_named_exists(String document) throws IOException {
    List<MatchResult> named = matches(document, NAMED);
    assertThat(named).hasSizeGreaterThan(33);
    for (MatchResult test : named) {
      assertThat(source(test.group(1)))
          .as(test.group())
          .containsPattern(
              "(?s)@(Parameterized|Repeated)?Test\\b(?:(?!\n  }\n).)*?\\bvoid "
                  + test.group(2)
                  + "\\(");
    }
  }

  private static List<MatchResult> matches(String document, Pattern pattern) throws IOException {
    String text = Files.readString(Path.of("..", "docs", document));
    return pattern.matcher(text).results().toList();
  }

  /** The source of a test class, in whichever module it is. */
  private static String source(String className) throws IOException {
    for (String module : MODULES) {
      // The test kit's tests are run by others, and stand in its main source.
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src"))) {
        List<Path> found = files.filter(file -> file.endsWith(className + ".java")).toList();
        if (!found.isEmpty()) {
          return Files.readString(found.get(0));
        }
      }
    }
    throw new AssertionError("there is no test class " + className);
  }
}
