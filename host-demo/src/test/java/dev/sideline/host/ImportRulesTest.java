package dev.sideline.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.sideline.host.event.EventQueue;
import dev.sideline.host.plugin.PluginHost;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom in the host. */
class ImportRulesTest {

  private static final String HOST = "dev.sideline.host";

  /** The parts of the host; a new one has to find its place in the rules below. */
  private static final List<String> PARTS =
      List.of(
          "file",
          "text",
          "process",
          "plugin",
          "event",
          "opencode",
          "embedded",
          "mcp",
          "connect",
          "hold",
          "record",
          "owner",
          "cli");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(HOST);

  @ParameterizedTest
  @CsvSource({
    "file, text process event plugin opencode embedded mcp connect cli hold record owner",
    "text, file process event plugin opencode embedded mcp connect cli hold record owner",
    "process, event plugin opencode embedded mcp connect cli hold record owner",
    "event, process plugin opencode embedded mcp connect cli hold record owner",
    "plugin, process opencode embedded mcp connect cli hold record owner",
    "opencode, plugin event embedded mcp connect cli hold record owner",
    "embedded, plugin event opencode mcp connect cli hold record owner",
    "mcp, process plugin event opencode embedded connect cli hold record owner",
    "connect, process plugin event opencode embedded cli hold record owner",
    "hold, process plugin event opencode embedded mcp connect record cli owner",
    "owner, text process event plugin opencode embedded mcp connect cli hold record",
    "record, process plugin event opencode embedded mcp connect hold cli owner",
  })
  void a_part_does_not_import(String part, String others) {
    noImports(part, others).check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "plugin, org.pf4j",
    "opencode, okhttp3",
    "mcp, io.modelcontextprotocol",
    "mcp, reactor",
    "record, org.sqlite",
    "cli, picocli",
  })
  void a_library_is_imported_by_one_part_alone(String part, String library) {
    onlyIn(part, library).check(CLASSES);
  }

  @Test
  void the_host_meets_the_plugin_as_a_jar_alone() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.sideline.background..")
        .check(CLASSES);
  }

  @Test
  void the_root_package_imports_no_part() {
    noClasses()
        .that()
        .resideInAPackage(HOST)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(String.join(" ", PARTS)))
        .check(CLASSES);
  }

  @Test
  void the_rules_see_the_classes_and_every_part_is_known() {
    assertThat(CLASSES.contain(PluginHost.class)).isTrue();
    assertThat(CLASSES.contain(EventQueue.class)).isTrue();
    assertThat(CLASSES.contain(getClass())).isFalse();
    assertThat(CLASSES.getPackage(HOST).getSubpackages())
        .extracting(JavaPackage::getRelativeName)
        .isSubsetOf(PARTS);
  }

  @Test
  void the_rules_fail_where_they_should() {
    assertThatThrownBy(() -> noImports("plugin", "event").check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("PluginHost");
    assertThatThrownBy(() -> onlyIn("event", "org.pf4j").check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("PluginJars");
  }

  private static ArchRule noImports(String part, String others) {
    return noClasses()
        .that()
        .resideInAPackage(HOST + "." + part + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(others))
        .allowEmptyShould(true);
  }

  private static ArchRule onlyIn(String part, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(HOST + "." + part + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..");
  }

  private static String[] packages(String parts) {
    return Arrays.stream(parts.split(" "))
        .map(part -> HOST + "." + part + "..")
        .collect(Collectors.toList())
        .toArray(new String[0]);
  }
}
