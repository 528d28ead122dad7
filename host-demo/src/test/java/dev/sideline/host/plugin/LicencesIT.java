package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the built jars say of the libraries inside them, against what is inside. */
class LicencesIT {

  /** A jar that is given to others. */
  enum Given {
    HOST(Path.of("target", "sideline-host.jar"), "dev\\.sideline\\.(host|api)(\\..*)?"),
    PLUGIN(BackgroundJar.JAR, "dev\\.sideline\\.background(\\.(?!shaded).*)?");

    private final Path file;
    private final Pattern own;

    Given(Path file, String own) {
      this.file = file;
      this.own = Pattern.compile(own);
    }
  }

  private static final Pattern COORDINATES =
      Pattern.compile("META-INF/maven/([^/]+)/([^/]+)/pom\\.properties");

  @ParameterizedTest
  @EnumSource(Given.class)
  void every_class_is_our_own_or_of_a_library_that_the_notice_names(Given given)
      throws IOException {
    List<String> named = said(given, "package");

    assertThat(packages(given))
        .filteredOn(name -> !given.own.matcher(name).matches())
        .isNotEmpty()
        .allMatch(name -> named.stream().anyMatch(root -> isWithin(root, name)));
  }

  @ParameterizedTest
  @EnumSource(Given.class)
  void every_artifact_that_says_what_it_is_stands_in_the_notice(Given given) throws IOException {
    List<String> named = said(given, "artifact");

    assertThat(entries(given).stream().map(COORDINATES::matcher).filter(m -> m.matches()))
        .map(found -> found.group(1) + ":" + found.group(2))
        .filteredOn(artifact -> !artifact.startsWith("dev.sideline:"))
        .isNotEmpty()
        .isSubsetOf(named);
  }

  @ParameterizedTest
  @EnumSource(Given.class)
  void the_notice_names_nothing_that_is_not_inside(Given given) throws IOException {
    Set<String> inside = packages(given);

    assertThat(said(given, "package"))
        .allMatch(root -> inside.stream().anyMatch(name -> isWithin(root, name)));
  }

  @ParameterizedTest
  @EnumSource(Given.class)
  void every_library_has_a_licence_whose_words_are_in_the_jar(Given given) throws IOException {
    List<String> files =
        said(given, "licence").stream()
            .map(line -> line.replaceFirst(".*\\((META-INF/[^()]+)\\)$", "$1"))
            .toList();

    assertThat(files).isNotEmpty();
    for (String file : Set.copyOf(files)) {
      assertThat(text(given, file)).as(file).hasSizeGreaterThan(500);
    }
    assertThat(entries(given))
        .filteredOn(name -> name.matches("META-INF/licenses/.+|META-INF/[^/]*LICENSE[^/]*"))
        .isSubsetOf(files);
    assertThat(libraries(given))
        .allSatisfy(
            library ->
                assertThat(library)
                    .contains("\n  package: ", "\n  artifact: ", "\n  licence: ", "\n  source: "));
  }

  @Test
  void the_host_has_no_validator_and_no_yaml_which_it_never_uses() throws IOException {
    assertThat(entries(Given.HOST))
        .noneMatch(name -> name.matches("(com/networknt|org/yaml|com/ethlo|org/jetbrains)/.*"))
        .noneMatch(name -> name.matches("META-INF/services/.*JsonSchemaValidator.*"));
  }

  @Test
  void nothing_of_a_library_lies_at_the_root_of_the_hosts_jar() throws IOException {
    assertThat(entries(Given.HOST))
        .filteredOn(name -> !name.contains("/"))
        .containsExactly("logback.xml");
  }

  private static boolean isWithin(String root, String name) {
    return name.equals(root) || name.startsWith(root + ".");
  }

  /** The packages of classes and of what lies beside them. */
  private static Set<String> packages(Given given) throws IOException {
    return entries(given).stream()
        .map(name -> name.replaceFirst("^META-INF/versions/\\d+/", ""))
        .filter(name -> !name.startsWith("META-INF/") && name.contains("/"))
        .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
        .collect(Collectors.toSet());
  }

  private static List<String> entries(Given given) throws IOException {
    try (JarFile jar = new JarFile(given.file.toFile())) {
      return jar.stream().map(JarEntry::getName).filter(name -> !name.endsWith("/")).toList();
    }
  }

  /** What the notice says under a word, of all libraries. */
  private static List<String> said(Given given, String word) throws IOException {
    return libraries(given)
        .flatMap(String::lines)
        .filter(line -> line.startsWith("  " + word + ": "))
        .map(line -> line.substring(word.length() + 4))
        .toList();
  }

  /** The paragraphs of the notice that are about a library each; what libraries add is not. */
  private static Stream<String> libraries(Given given) throws IOException {
    return Stream.of(text(given, "META-INF/NOTICE").split("\n\n"))
        .filter(paragraph -> paragraph.contains("\n  package: "));
  }

  private static String text(Given given, String entry) throws IOException {
    try (JarFile jar = new JarFile(given.file.toFile())) {
      JarEntry found = jar.getJarEntry(entry);
      assertThat(found).as("the entry %s", entry).isNotNull();
      try (var in = jar.getInputStream(found)) {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
