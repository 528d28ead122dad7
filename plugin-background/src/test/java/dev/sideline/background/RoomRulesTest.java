package dev.sideline.background;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import dev.sideline.background.engine.TaskEngine;
import dev.sideline.background.engine.model.LiveTask;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rooms of the engine: one above the other, and no arrow goes up. Most of their classes are
 * public so that a room can use another; what the compiler kept within a package before, this does.
 */
class RoomRulesTest {

  private static final String ENGINE = TaskEngine.class.getPackageName();

  /** From the floor up. Rooms on the same floor do not know each other. */
  static final List<List<String>> FLOORS =
      List.of(
          List.of("protocol"),
          List.of("model"),
          List.of("scheduling"),
          List.of("lifecycle", "probe"),
          List.of("messaging", "requests", "notify"),
          List.of("limits"),
          List.of("calls"),
          List.of("react"));

  /** What may be known from outside: what goes in and comes out, and the judge of messages. */
  private static final Set<String> SHOWN =
      Set.of("TaskEngine", "protocol", "probe.ProbeClassifier");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sideline.background");

  private static final int MOST_PARAMETERS = 7;
  private static final int MOST_FIELDS_OF_A_TASK = 12;

  static Stream<String> rooms() {
    return FLOORS.stream().flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void a_room_knows_no_room_above_or_beside_it(String room) {
    knowsNoneOf(room, notBelow(room)).check(CLASSES);
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void a_room_does_not_know_the_engine_above_it(String room) {
    noClasses()
        .that()
        .resideInAPackage(ENGINE + "." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ENGINE)
        .check(CLASSES);
  }

  @Test
  void every_room_has_its_floor() {
    assertThat(CLASSES.getPackage(ENGINE).getSubpackages())
        .extracting(JavaPackage::getRelativeName)
        .containsExactlyInAnyOrderElementsOf(rooms().toList());
  }

  @Test
  void the_rules_fail_where_they_should() {
    assertThatThrownBy(() -> knowsNoneOf("calls", List.of("model")).check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("LaunchHandler");
    assertThatThrownBy(() -> knowsNoneOf("lifecycle", List.of("scheduling")).check(CLASSES))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Followers");
    assertThat(cycles(CLASSES).stream().flatMap(Set::stream)).contains(LiveTask.class.getName());
    assertThat(parametersOver(3)).anyMatch(constructor -> constructor.contains("Lifecycle"));
    assertThat(closures("dev.sideline.background.runtime")).isNotEmpty();
  }

  @Test
  void what_is_in_a_circle_is_in_the_model_and_little() {
    List<Set<String>> cycles = cycles(CLASSES);
    Set<String> circular = new TreeSet<>();
    cycles.forEach(circular::addAll);
    long all = topLevel(CLASSES).count();

    assertThat(circular).allMatch(name -> name.startsWith(ENGINE + ".model."));
    assertThat(100.0 * circular.size() / all).as("%% in circles: %s", circular).isLessThan(12);
  }

  @Test
  void nobody_is_given_more_than_seven_things() {
    assertThat(parametersOver(MOST_PARAMETERS)).isEmpty();
  }

  @Test
  void a_task_has_a_dozen_fields_at_most() {
    assertThat(instanceFields(CLASSES.get(LiveTask.class)).count())
        .isLessThanOrEqualTo(MOST_FIELDS_OF_A_TASK);
  }

  @Test
  void what_is_held_can_be_printed_and_made_again_for_it_is_data() {
    assertThat(closures(ENGINE + ".model")).isEmpty();
    assertThat(closures(ENGINE + ".protocol")).isEmpty();
  }

  @Test
  void the_parts_of_an_engine_are_given_to_each_other_once() {
    List<String> givenLater =
        CLASSES.stream()
            .filter(type -> isInEngine(type) && !type.getPackageName().endsWith(".model"))
            .flatMap(RoomRulesTest::instanceFields)
            .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
            .filter(field -> isPart(field.getRawType()))
            .map(JavaField::getFullName)
            .toList();

    assertThat(givenLater).isEmpty();
  }

  @Test
  void from_outside_the_engine_is_known_by_what_goes_in_and_comes_out() {
    Set<String> known = new TreeSet<>();
    CLASSES.stream()
        .filter(type -> !isInEngine(type))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(dependency -> outermost(dependency.getTargetClass()))
        .filter(RoomRulesTest::isInEngine)
        .forEach(type -> known.add(type.getName().substring(ENGINE.length() + 1)));

    assertThat(known)
        .allMatch(name -> SHOWN.stream().anyMatch(s -> name.equals(s) || name.startsWith(s + ".")));
  }

  // --- what the rules look at

  private static List<String> notBelow(String room) {
    int floor = 0;
    while (!FLOORS.get(floor).contains(room)) {
      floor++;
    }
    List<String> others = new ArrayList<>();
    FLOORS.subList(floor, FLOORS.size()).forEach(others::addAll);
    others.remove(room);
    return others;
  }

  private static ArchRule knowsNoneOf(String room, List<String> others) {
    return noClasses()
        .that()
        .resideInAPackage(ENGINE + "." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            others.stream().map(other -> ENGINE + "." + other + "..").toArray(String[]::new))
        .allowEmptyShould(true);
  }

  private static boolean isInEngine(JavaClass type) {
    return type.getPackageName().equals(ENGINE) || type.getPackageName().startsWith(ENGINE + ".");
  }

  /** Whether it is something that decides, and not data. */
  private static boolean isPart(JavaClass type) {
    return isInEngine(type)
        && !type.getPackageName().endsWith(".model")
        && !type.getPackageName().endsWith(".protocol")
        && !type.isRecord()
        && !type.isEnum();
  }

  private static JavaClass outermost(JavaClass type) {
    JavaClass outer = type.getBaseComponentType();
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer;
  }

  private static Stream<JavaClass> topLevel(JavaClasses classes) {
    return classes.stream()
        .filter(RoomRulesTest::isInEngine)
        .filter(type -> type.getEnclosingClass().isEmpty())
        .filter(type -> !type.getSimpleName().equals("package-info"));
  }

  private static Stream<JavaField> instanceFields(JavaClass type) {
    return type.getFields().stream()
        .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC));
  }

  private static List<String> closures(String packageName) {
    return CLASSES.stream()
        .filter(type -> type.getPackageName().equals(packageName))
        .flatMap(RoomRulesTest::instanceFields)
        .filter(
            field ->
                field.getRawType().getPackageName().equals("java.util.function")
                    || field.getRawType().isEquivalentTo(Runnable.class))
        .map(JavaField::getFullName)
        .toList();
  }

  private static List<String> parametersOver(int most) {
    return CLASSES.stream()
        .filter(type -> isInEngine(type) && !type.isRecord())
        .flatMap(type -> type.getConstructors().stream())
        .filter(constructor -> constructor.getRawParameterTypes().size() > most)
        .map(constructor -> constructor.getFullName())
        .toList();
  }

  /** The circles that classes stand in, nested ones as their outermost. */
  private static List<Set<String>> cycles(JavaClasses classes) {
    Map<String, Set<String>> arrows = new TreeMap<>();
    classes.stream()
        .filter(RoomRulesTest::isInEngine)
        .forEach(
            type -> {
              String from = outermost(type).getName();
              Set<String> to = arrows.computeIfAbsent(from, key -> new TreeSet<>());
              type.getDirectDependenciesFromSelf().stream()
                  .map(dependency -> outermost(dependency.getTargetClass()))
                  .filter(RoomRulesTest::isInEngine)
                  .map(JavaClass::getName)
                  .filter(name -> !name.equals(from))
                  .forEach(to::add);
            });
    Set<Set<String>> circles = new HashSet<>();
    for (String start : arrows.keySet()) {
      Set<String> reached = reachedFrom(start, arrows);
      if (reached.contains(start)) {
        circles.add(
            reached.stream()
                .filter(name -> reachedFrom(name, arrows).contains(start))
                .collect(Collectors.toCollection(TreeSet::new)));
      }
    }
    return List.copyOf(circles);
  }

  private static Set<String> reachedFrom(String start, Map<String, Set<String>> arrows) {
    Set<String> reached = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(arrows.getOrDefault(start, Set.of()));
    while (!open.isEmpty()) {
      String next = open.pop();
      if (reached.add(next)) {
        open.addAll(arrows.getOrDefault(next, Set.of()));
      }
    }
    return reached;
  }
}
