package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.PluginEvent;
import dev.sideline.api.Reach;
import dev.sideline.api.SessionClient;
import dev.sideline.api.SessionEvent;
import dev.sideline.api.SessionException;
import dev.sideline.api.contract.Ability;
import dev.sideline.api.contract.SessionClientContract;
import dev.sideline.examples.Documents.Block;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/writing-a-host.md shows is what is compiled and run, and it leaves nothing out. */
class WritingAHostDocTest {

  /** A test of the suite, as the document names it. */
  private static final Pattern TEST = Pattern.compile("`([a-z]+(?:_[a-z]+){3,})`");

  private static final Pattern SECTION = Pattern.compile("(?m)^## (\\d+)\\. (.*)$");
  private static final Pattern LINK = Pattern.compile("\\(#((\\d+)-[a-z-]+)\\)");

  @Test
  void every_example_is_the_very_file_or_stands_in_it() throws IOException {
    List<Block> blocks = document().blocks();
    assertThat(blocks).hasSizeGreaterThan(12);
    for (Block block : blocks) {
      if (block.is("file: ")) {
        assertThat(block.content()).isEqualTo(block.source("file: "));
      } else if (block.is("part: ")) {
        assertThat(block.isPartOf(block.source("part: "))).as(block.content()).isTrue();
      } else {
        assertThat(block.comment()).isEqualTo("coordinates");
      }
    }
  }

  @Test
  void no_example_stands_there_that_is_not_compiled() throws IOException {
    long fences = document().text().lines().filter(line -> line.startsWith("```")).count();

    assertThat(document().blocks()).hasSize((int) fences / 2);
  }

  @Test
  void the_coordinates_are_those_of_the_readme() throws IOException {
    assertThat(Documents.read("README.md").after("coordinates:begin"))
        .contains(document().after("coordinates"));
  }

  @Test
  void every_test_of_the_suite_is_named_and_no_other() throws IOException {
    List<String> tests =
        Arrays.stream(SessionClientContract.class.getDeclaredMethods())
            .filter(method -> method.isAnnotationPresent(Test.class))
            .map(Method::getName)
            .toList();

    assertThat(TEST.matcher(document().text()).results().map(named -> named.group(1)))
        .containsExactlyInAnyOrderElementsOf(tests);
  }

  @Test
  void whatever_a_host_may_do_say_and_be_told_is_spoken_of() throws IOException {
    Stream<String> methods =
        Arrays.stream(SessionClient.class.getDeclaredMethods())
            .filter(method -> !method.isSynthetic())
            .map(Method::getName);
    Stream<String> constants =
        Stream.of(SessionException.Code.values(), Ability.values(), Reach.values())
            .flatMap(Arrays::stream)
            .map(Enum::name);
    Stream<String> events =
        Stream.of(SessionEvent.class, PluginEvent.class)
            .flatMap(kind -> Arrays.stream(kind.getDeclaredClasses()))
            .map(Class::getSimpleName);

    String text = document().text();
    assertThat(Stream.of(methods, constants, events).flatMap(names -> names))
        .hasSizeGreaterThan(40)
        .allSatisfy(name -> assertThat(text).containsPattern("`" + name + "\\b"));
  }

  @Test
  void every_step_has_its_number_and_every_link_its_step() throws IOException {
    List<MatchResult> sections = SECTION.matcher(document().text()).results().toList();
    List<String> anchors = sections.stream().map(WritingAHostDocTest::anchor).toList();

    assertThat(sections)
        .extracting(section -> Integer.valueOf(section.group(1)))
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(LINK.matcher(document().text()).results().map(link -> link.group(1)))
        .containsAll(anchors)
        .isSubsetOf(anchors);
  }

  private static String anchor(MatchResult section) {
    String words = section.group(2).toLowerCase(Locale.ROOT).replaceAll("[^a-z ]", "");
    return section.group(1) + "-" + words.replace(' ', '-');
  }

  private static Documents document() throws IOException {
    return Documents.read("docs/writing-a-host.md");
  }
}
