package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is in the plugin's jar, and what must not be. */
class BackgroundJarContentIT {

  private static final String SCHEMAS = "dev/sideline/background/schema/";
  private static final String SHADED = "dev/sideline/background/shaded/";

  private static JarFile jar;
  private static List<String> entries;

  @BeforeAll
  static void open() throws IOException {
    jar = new JarFile(BackgroundJar.JAR.toFile());
    entries = jar.stream().map(JarEntry::getName).toList();
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  @Test
  void both_descriptors_name_the_same_provider_and_it_is_in_the_jar() {
    List<String> service = names(PluginDescriptor.SERVICE);
    assertThat(service).hasSize(1);
    assertThat(names("META-INF/extensions.idx")).isEqualTo(service);
    assertThat(entries).contains(service.get(0).replace('.', '/') + ".class");
  }

  @Test
  void no_library_offers_a_service_of_its_own() {
    assertThat(entries)
        .filteredOn(name -> name.startsWith("META-INF/services/") && !name.endsWith("/"))
        .containsExactly(PluginDescriptor.SERVICE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/sideline/api/",
        "dev/sideline/host/",
        "org/slf4j/",
        "org/pf4j/",
        "org/jspecify/",
        "com/fasterxml/",
        "com/github/",
        "com/google/",
        "com/networknt/",
        "com/ethlo/",
      })
  void what_belongs_to_the_host_or_is_not_relocated_is_not_in_the_jar(String folder) {
    assertThat(entries)
        .noneMatch(name -> name.startsWith(folder))
        .noneMatch(name -> name.matches("META-INF/versions/\\d+/" + folder + ".*"));
  }

  @Test
  void every_class_is_the_plugins_own_or_relocated_below_it() {
    assertThat(entries)
        .filteredOn(name -> name.endsWith(".class"))
        .isNotEmpty()
        .allMatch(name -> name.matches("(META-INF/versions/\\d+/)?dev/sideline/background/.*"));
  }

  @Test
  void nothing_stands_where_another_library_may_have_its_own() {
    assertThat(entries)
        .allMatch(
            name ->
                name.startsWith("META-INF/")
                    || name.startsWith("dev/sideline/background/")
                    || "dev/sideline/background/".startsWith(name));
  }

  @Test
  void beside_classes_there_is_only_what_they_read() {
    assertThat(entries)
        .filteredOn(name -> !name.endsWith(".class") && !name.endsWith("/"))
        .filteredOn(name -> !name.startsWith("META-INF/"))
        .allMatch(
            name ->
                name.matches(SCHEMAS + "draft(-\\d+/|/[\\d-]+/)(schema|meta/.*)")
                    || name.matches("dev/sideline/background/store/\\d+-\\w+\\.sql")
                    || name.equals(SHADED + "networknt/jsv-messages.properties")
                    || name.equals(SHADED + "itu/leap_second_dates.csv"));
  }

  @Test
  void no_class_refers_to_a_library_under_its_old_name() {
    // A class that shading has missed would look for the host's library at run time.
    assertThat(entries)
        .filteredOn(name -> name.endsWith(".class"))
        .allSatisfy(
            name ->
                assertThat(new String(bytes(name), StandardCharsets.ISO_8859_1))
                    .doesNotContain(
                        "com/fasterxml/jackson",
                        "com/github/benmanes",
                        "com/google/re2j",
                        "com/networknt/schema",
                        "com/ethlo/time"));
  }

  @Test
  void the_manifest_says_what_a_host_has_to_know() throws IOException {
    PluginDescriptor descriptor = PluginDescriptor.read(BackgroundJar.JAR);
    assertThat(descriptor.id()).isEqualTo(BackgroundJar.ID);
    assertThat(descriptor.version()).matches("\\d+\\.\\d+\\.\\d+");
    Attributes attributes = jar.getManifest().getMainAttributes();
    assertThat(attributes.getValue("Multi-Release")).isEqualTo("true");
    assertThat(attributes.getValue("Class-Path")).isNull();
    assertThat(attributes.getValue("Plugin-Dependencies")).isNull();
    assertThat(jar.isMultiRelease()).isTrue();
  }

  @Test
  void folders_have_entries_which_some_finders_need() {
    assertThat(entries).contains("META-INF/", "META-INF/services/", "dev/sideline/background/");
  }

  private static List<String> names(String entry) {
    return new String(bytes(entry), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static byte[] bytes(String entry) {
    JarEntry found = jar.getJarEntry(entry);
    assertThat(found).as("the entry %s", entry).isNotNull();
    try (var in = jar.getInputStream(found)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
