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

/** The tests that the lessons name exist. */
class LessonsDocTest {

  private static final Path LESSONS = Path.of("..", "docs", "lessons.md");
  private static final Pattern ROW =
      Pattern.compile("\\| (L\\d+) \\| [^|]+ \\| [^|]+ \\| ([^|]+) \\|");
  private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

  @Test
  void every_lesson_stands_there_once_with_a_test_or_as_one_for_later() throws IOException {
    List<MatchResult> rows = matches(ROW);

    assertThat(rows)
        .extracting(row -> row.group(1))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, 33).mapToObj(number -> "L" + number).toList());
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.group(2).equals("later") || NAMED.matcher(row.group(2)).find())
                    .as(row.group())
                    .isTrue());
  }

  @Test
  void every_test_that_is_named_exists() throws IOException {
    List<MatchResult> named = matches(NAMED);
    assertThat(named).hasSizeGreaterThan(33);
    for (MatchResult test : named) {
      assertThat(source(test.group(1)))
          .as(test.group())
          .containsPattern(
              "@(Parameterized|Repeated)?Test\\b[^;]*\\bvoid " + test.group(2) + "\\(");
    }
  }

  private static List<MatchResult> matches(Pattern pattern) throws IOException {
    return pattern.matcher(Files.readString(LESSONS)).results().toList();
  }

  /** The source of a test class, in whichever module it is. */
  private static String source(String className) throws IOException {
    for (String module : List.of("api", "plugin-background", "host-demo")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "test", "java"))) {
        List<Path> found = files.filter(file -> file.endsWith(className + ".java")).toList();
        if (!found.isEmpty()) {
          return Files.readString(found.get(0));
        }
      }
    }
    throw new AssertionError("there is no test class " + className);
  }
}
