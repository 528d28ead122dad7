package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project outside of this one, with what is published and what the documents show. */
class PublishedArtifactsIT {

  private static final String SMALL_HOST = "dev/sideline/examples/small";

  @TempDir Path folder;
  private OutsideProject project;

  @BeforeEach
  void make_a_project_out_of_the_readme() throws Exception {
    Documents readme = Documents.read("README.md");
    project = new OutsideProject(folder);
    project.addTest("TinyHost", readme.after("example:begin TinyHost"));
    project.addAll(Path.of("src/main/java", SMALL_HOST), "src/main/java/" + SMALL_HOST);
    project.addAll(Path.of("src/test/java", SMALL_HOST), "src/test/java/" + SMALL_HOST);
    project.addTest(
        "TinyHostTest",
        """
        class TinyHostTest {
          @org.junit.jupiter.api.Test
          void runs() {
            TinyHost.main(new String[0]);
          }
        }
        """);
  }

  @Test
  void a_project_outside_runs_the_readme_s_host_and_the_contract_suite() throws Exception {
    Command maven = project.test();

    assertThat(maven.exitCode()).as(maven.output()).isZero();
    assertThat(maven.output())
        .contains("There are 3 rooms.", "dev.sideline.examples.small.SmallSessionsTest")
        .containsPattern("Tests run: [2-9]\\d, Failures: 0, Errors: 0")
        .doesNotContain("[WARNING] The POM for");
  }

  @Test
  void no_published_POM_needs_a_parent_and_the_plugin_s_lists_only_what_is_not_inside()
      throws Exception {
    assertThat(published("sideline-api", ".pom")).doesNotContain("<parent>", "${");
    assertThat(published("sideline-api-testkit", ".pom")).doesNotContain("<parent>", "${");
    String plugin = published("sideline-plugin-background", ".pom");
    assertThat(plugin).doesNotContain("<parent>", "${");
    Matcher dependency =
        Pattern.compile("<dependency>.*?<artifactId>(.*?)</artifactId>", Pattern.DOTALL)
            .matcher(plugin);
    assertThat(dependency.results().map(found -> found.group(1)))
        .containsExactlyInAnyOrder("sideline-api", "jspecify", "slf4j-api");
  }

  @Test
  void sources_come_along_and_the_Javadoc_of_what_others_program_against() throws Exception {
    for (String artifact :
        List.of("sideline-api", "sideline-api-testkit", "sideline-plugin-background")) {
      assertThat(file(artifact, "-sources.jar")).isNotEmptyFile();
    }
    assertThat(file("sideline-api", "-javadoc.jar")).isNotEmptyFile();
    assertThat(file("sideline-api-testkit", "-javadoc.jar")).isNotEmptyFile();
  }

  private static String published(String artifact, String end) throws IOException {
    return Files.readString(file(artifact, end));
  }

  private static Path file(String artifact, String end) throws IOException {
    try (Stream<Path> files =
        Files.walk(OutsideProject.PUBLISHED.resolve("dev/sideline").resolve(artifact))) {
      return files
          .filter(file -> file.toString().endsWith(end))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + end + " of " + artifact));
    }
  }
}
