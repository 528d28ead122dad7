package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the mutants of .ci/mutants are made from still stands in the code. */
class MutantsTest {

  private static final Path MUTANTS = Path.of("src", "test", "mutants", "mutants.txt");
  private static final Path SOURCES =
      Path.of("src", "main", "java", "dev", "sideline", "background");

  static Stream<List<String>> mutants() throws IOException {
    String text =
        Files.readAllLines(MUTANTS).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.joining("\n"));
    return Pattern.compile("\n\n+")
        .splitAsStream(text.strip())
        .map(block -> block.lines().toList());
  }

  @ParameterizedTest
  @MethodSource("mutants")
  void every_mutant_can_be_made(List<String> mutant) throws IOException {
    String source = Files.readString(SOURCES.resolve(mutant.get(1)));

    List<String> replaced = mutant.stream().filter(line -> line.startsWith("- ")).toList();
    assertThat(replaced).isNotEmpty();
    assertThat(replaced)
        .allSatisfy(
            line ->
                assertThat(anySpaces(line.substring(2)).matcher(source).results().count())
                    .as("how often it stands in %s: %s", mutant.get(1), line)
                    .isEqualTo(1));
  }

  /** What stands there, whatever the spaces are between its words. */
  private static Pattern anySpaces(String text) {
    return Pattern.compile(
        Arrays.stream(text.strip().split("\\s+", 0))
            .map(Pattern::quote)
            .collect(Collectors.joining("\\s+")));
  }
}
