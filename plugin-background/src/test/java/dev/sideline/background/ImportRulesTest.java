package dev.sideline.background;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.runtime.BackgroundRuntime;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may import whom in the plugin. */
class ImportRulesTest {

  private static final String PLUGIN = "dev.sideline.background";
  private static final String HOST_TIME = PLUGIN + ".runtime.HostTime";

  /** The parts of the plugin; a new one has to find its place in the rules below. */
  private static final List<String> PARTS =
      List.of(
          "character",
          "task",
          "settings",
          "rights",
          "engine",
          "store",
          "retain",
          "schema",
          "text",
          "runtime",
          "tools");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(PLUGIN);

  @ParameterizedTest
  @CsvSource({
    "character, ''",
    "task, ''",
    "settings, task character",
    "rights, settings",
    "engine, task settings rights character",
    "store, engine task",
    "retain, engine task settings",
    "text, engine task settings rights character",
    "schema, engine character",
    "runtime, engine task store retain settings rights schema text",
    "tools, runtime engine task settings rights text character",
  })
  void a_part_imports_no_other_parts_than(String part, String allowed) {
    importsNoOthers(part, allowed).check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "character, ''",
    "task, ''",
    "settings, task character",
    "rights, settings",
    "engine, task settings rights character",
    "text, engine task settings rights character",
  })
  void a_part_needs_the_JDK_the_contract_and_nothing_else(String part, String parts) {
    needsOnly(part, parts).check(CLASSES);
  }

  @ParameterizedTest
  @CsvSource({
    "retain, com.github.benmanes.caffeine",
    "schema, com.networknt.schema",
    "schema, com.google.re2j",
    "tools schema store, com.fasterxml.jackson",
    "runtime store, org.slf4j",
  })
  void a_library_is_imported_by_one_part_alone(String parts, String library) {
    onlyIn(parts, library).check(CLASSES);
  }

  @Test
  void only_the_entry_point_imports_the_tools() {
    noClasses()
        .that()
        .resideOutsideOfPackage(PLUGIN + ".tools..")
        .and()
        .doNotHaveFullyQualifiedName(BackgroundPlugin.class.getName())
        .and()
        .doNotHaveFullyQualifiedName(BackgroundPlugin.class.getName() + "$Hooks")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(PLUGIN + ".tools..")
        .check(CLASSES);
  }

  @Test
  void nothing_imports_PF4J_the_fakes_or_the_host() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.pf4j..", "dev.sideline.api.testing..", "dev.sideline.host..")
        .check(CLASSES);
  }

  @Test
  void the_root_package_holds_the_entry_point_alone() {
    classes()
        .that()
        .resideInAPackage(PLUGIN)
        .should()
        .haveNameMatching(".*\\.(BackgroundPlugin(\\$.*)?|package-info)")
        .check(CLASSES);
  }

  @Test
  void one_class_alone_reads_the_wall_clock_for_all_others_go_by_its_time() {
    readsTheWallClockOnlyIn(HOST_TIME).check(CLASSES);
  }

  @Test
  void the_rules_see_the_classes_and_every_part_is_known() {
    assertThat(CLASSES.contain(TaskEngine.class)).isTrue();
    assertThat(CLASSES.contain(BackgroundRuntime.class)).isTrue();
    assertThat(CLASSES.contain(getClass())).isFalse();
    assertThat(CLASSES.getPackage(PLUGIN).getSubpackages())
        .extracting(JavaPackage::getRelativeName)
        .containsExactlyInAnyOrderElementsOf(PARTS);
  }

  @Test
  void the_rules_fail_where_they_should() {
    assertThatThrownBy(
            () ->
                importsNoOthers("tools", "engine task settings rights text character")
                    .check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Toolbox");
    assertThatThrownBy(() -> needsOnly("retain", "engine task settings").check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("CaffeineFinishedTasks");
    assertThatThrownBy(() -> onlyIn("text", "com.fasterxml.jackson").check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("TaskJson");
    assertThatThrownBy(() -> readsTheWallClockOnlyIn("another").check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("HostTime");
    JavaClasses readers = new ClassFileImporter().importClasses(ByNow.class, ByMillis.class);
    for (JavaClass reader : readers) {
      assertThatThrownBy(
              () ->
                  readsTheWallClockOnlyIn(HOST_TIME)
                      .check(readers.that(DescribedPredicate.equalTo(reader))))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining(reader.getSimpleName());
    }
  }

  private static final class ByNow {
    @SuppressWarnings("unused")
    private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
  }

  private static final class ByMillis {
    @SuppressWarnings("unused")
    private final long now = System.currentTimeMillis();
  }

  private static ArchRule importsNoOthers(String part, String allowed) {
    List<String> others = new ArrayList<>(PARTS);
    others.removeAll(names(allowed));
    others.remove(part);
    return noClasses()
        .that()
        .resideInAPackage(PLUGIN + "." + part + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages(others).toArray(new String[0]));
  }

  private static ArchRule needsOnly(String part, String parts) {
    List<String> allowed = new ArrayList<>(packages(names(parts)));
    // The package itself, and not its fakes for tests.
    allowed.add("dev.sideline.api");
    allowed.addAll(List.of("java..", "org.jspecify..", PLUGIN + "." + part + ".."));
    return classes()
        .that()
        .resideInAPackage(PLUGIN + "." + part + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(new String[0]));
  }

  private static ArchRule onlyIn(String parts, String library) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages(names(parts)).toArray(new String[0]))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library + "..");
  }

  private static ArchRule readsTheWallClockOnlyIn(String reader) {
    return noClasses()
        .that()
        .doNotHaveFullyQualifiedName(reader)
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Date.class)
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethodWhere(
            JavaCall.Predicates.target(HasName.Predicates.name("now"))
                .and(
                    JavaCall.Predicates.target(
                        HasOwner.Predicates.With.owner(
                            JavaClass.Predicates.resideInAPackage("java.time..")))));
  }

  private static List<String> names(String parts) {
    return parts.isEmpty() ? List.of() : Arrays.asList(parts.split(" "));
  }

  private static List<String> packages(List<String> parts) {
    return parts.stream().map(part -> PLUGIN + "." + part + "..").toList();
  }
}
