package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Maven project that has nothing of this one but what is published, by the coordinates in the
 * README. Whatever else it needs (the libraries and Maven's own plugins) this build has needed too,
 * so it comes from this build's local repository, and nothing is downloaded.
 */
final class OutsideProject {

  /** What this build has published. */
  static final Path PUBLISHED = Documents.PROJECT.resolve("target/published");

  private final Path folder;

  /**
   * @param folder an empty folder
   * @param testLibraries what its tests need besides, as {@code group:artifact:property}, the
   *     property being that of its version in this build
   */
  OutsideProject(Path folder, String... testLibraries) throws IOException {
    this.folder = folder;
    // Or Maven would take this project's settings, which it looks for upwards.
    Files.createDirectory(folder.resolve(".mvn"));
    Files.writeString(folder.resolve("settings.xml"), settings());
    Files.writeString(folder.resolve("pom.xml"), pom(testLibraries));
  }

  /** Adds a class without a package to its tests. */
  void addTest(String type, String source) throws IOException {
    Path sources = Files.createDirectories(folder.resolve("src/test/java"));
    Files.writeString(sources.resolve(type + ".java"), source);
  }

  /** Adds all that is in a folder. */
  void addAll(Path from, String to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(to).resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** Runs its tests. */
  Command test(String... options) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("sideline.maven"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-s",
                "settings.xml",
                "-Dmaven.repo.local=" + folder.resolve("repository"),
                "test"));
    command.addAll(List.of(options));
    return Command.run(folder, command);
  }

  private static String pom(String... testLibraries) throws IOException {
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
        .replace(
            "DEPENDENCIES",
            Documents.read("README.md").after("coordinates:begin") + libraries(testLibraries))
        .replace(
            "PLUGINS",
            plugin("maven-compiler-plugin")
                + plugin("maven-resources-plugin")
                + plugin("maven-surefire-plugin"));
  }

  private static String libraries(String... names) throws IOException {
    StringBuilder libraries = new StringBuilder();
    for (String name : names) {
      String[] parts = name.split(":", -1);
      libraries.append(
          "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>"
              .formatted(parts[0], parts[1], property(parts[2])));
      libraries.append("<scope>test</scope></dependency>");
    }
    return libraries.toString();
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
    String found = version.group(1).replace("${surefire.version}", property("surefire.version"));
    return "<plugin><artifactId>" + name + "</artifactId><version>" + found + "</version></plugin>";
  }

  private static String property(String name) throws IOException {
    Matcher value =
        Pattern.compile("<%1$s>(.*?)</%1$s>".formatted(Pattern.quote(name)))
            .matcher(Files.readString(Documents.PROJECT.resolve("pom.xml")));
    assertThat(value.find()).as(name).isTrue();
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
}
