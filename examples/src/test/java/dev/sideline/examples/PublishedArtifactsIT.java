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

/**
 * A Maven project that has nothing of this one but what is published. Whatever else it needs (the
 * libraries and Maven's own plugins) this build has needed too, so it comes from this build's local
 * repository, and nothing is downloaded.
 */
class PublishedArtifactsIT {

  private static final Path PUBLISHED = Documents.PROJECT.resolve("target/published");

  @TempDir Path folder;
  private Documents readme;

  @BeforeEach
  void make_a_project_out_of_the_readme() throws Exception {
    readme = Documents.read("README.md");
    // Or Maven would take this project's settings, which it looks for upwards.
    Files.createDirectory(folder.resolve(".mvn"));
    Files.writeString(folder.resolve("settings.xml"), settings());
    Files.writeString(folder.resolve("pom.xml"), pom());
    write("TinyHost", readme.after("example:begin TinyHost"));
    write("MySessionClientTest", readme.after("example:begin MySessionClientTest"));
    write("MyBackend", backend());
    write(
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
    Command maven =
        Command.run(
            folder,
            List.of(
                Path.of(System.getProperty("sideline.maven"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-s",
                "settings.xml",
                "-Dmaven.repo.local=" + folder.resolve("repository"),
                "test"));

    assertThat(maven.exitCode()).as(maven.output()).isZero();
    assertThat(maven.output())
        .contains("There are 3 rooms.")
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

  private void write(String type, String source) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/test/java"));
    Files.writeString(sources.resolve(type + ".java"), source);
  }

  /** The backend of the fake, as if it were that of the project's own client. */
  private static String backend() throws IOException {
    return Files.readString(
            Documents.PROJECT.resolve(
                "api-testkit/src/test/java/dev/sideline/api/testing/ScriptedBackend.java"))
        .replace(
            "package dev.sideline.api.testing;",
            "import dev.sideline.api.testing.RecordingSessionClient;")
        .replace("ScriptedBackend", "MyBackend");
  }

  private String pom() throws IOException {
    return """
    <project xmlns="http://maven.apache.org/POM/4.0.0">
      <modelVersion>4.0.0</modelVersion>
      <groupId>outside</groupId>
      <artifactId>outside</artifactId>
      <version>1</version>
      <properties>
        <maven.compiler.release>17</maven.compiler.release>
        <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
      </properties>
      <dependencies>
        DEPENDENCIES
      </dependencies>
      <build>
        <pluginManagement>
          <plugins>
            PLUGINS
          </plugins>
        </pluginManagement>
      </build>
    </project>
    """
        .replace("DEPENDENCIES", readme.after("coordinates:begin"))
        .replace(
            "PLUGINS",
            plugin("maven-compiler-plugin")
                + plugin("maven-resources-plugin")
                + plugin("maven-surefire-plugin"));
  }

  /** A plugin in the version of this build. */
  private static String plugin(String name) throws IOException {
    String build = Files.readString(Documents.PROJECT.resolve("pom.xml"));
    Matcher version =
        Pattern.compile(
                "<artifactId>"
                    + name
                    + "</artifactId>\\s*(?:<!--.*?-->\\s*)?<version>(.*?)</version>")
            .matcher(build);
    assertThat(version.find()).as("version of %s", name).isTrue();
    String found = version.group(1).replace("${surefire.version}", property(build));
    return "<plugin><artifactId>" + name + "</artifactId><version>" + found + "</version></plugin>";
  }

  private static String property(String build) {
    Matcher value = Pattern.compile("<surefire.version>(.*?)</surefire.version>").matcher(build);
    assertThat(value.find()).isTrue();
    return value.group(1);
  }

  private static String settings() {
    return """
    <settings>
      <mirrors>
        <mirror>
          <id>this-build</id>
          <mirrorOf>central</mirrorOf>
          <url>LOCAL</url>
        </mirror>
      </mirrors>
      <profiles>
        <profile>
          <id>published</id>
          <repositories>
            <repository>
              <id>published</id>
              <url>PUBLISHED</url>
            </repository>
          </repositories>
        </profile>
      </profiles>
      <activeProfiles>
        <activeProfile>published</activeProfile>
      </activeProfiles>
    </settings>
    """
        .replace("LOCAL", Path.of(System.getProperty("sideline.repository")).toUri().toString())
        .replace("PUBLISHED", PUBLISHED.toUri().toString());
  }

  private static String published(String artifact, String end) throws IOException {
    return Files.readString(file(artifact, end));
  }

  private static Path file(String artifact, String end) throws IOException {
    try (Stream<Path> files = Files.walk(PUBLISHED.resolve("dev/sideline").resolve(artifact))) {
      return files
          .filter(file -> file.toString().endsWith(end))
          .findFirst()
          .orElseThrow(() -> new AssertionError("no " + end + " of " + artifact));
    }
  }
}
