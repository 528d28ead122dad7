package dev.sideline.background;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What docs/architecture.md names is there, and what it calls new is not. */
class ArchitectureDocTest {

  private static final Path ROOT = Path.of("..");
  private static final List<String> MODULES =
      List.of("api", "api-testkit", "plugin-background", "host-demo", "examples");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern NEW = Pattern.compile("\\*([A-Za-z_]+(?:\\.[A-Za-z_]+)?)\\*");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#]+)[^)]*\\)");
  private static final Pattern BOX = Pattern.compile("\\[(\\w+)]");
  private static final Pattern ROOM = Pattern.compile("(?m)^\\| `(\\w+)` \\| ");
  private static final Pattern FILE = Pattern.compile("[\\w/.-]*\\.(md|java|xml|txt)|.*/.*");
  private static final Pattern TYPE = Pattern.compile("[A-Z]\\w*[a-z]\\w*");
  private static final Pattern MEMBER = Pattern.compile("([A-Z]\\w*)\\.(\\w+)");

  private static String document = "";

  /** The sources of each class, by its simple name. */
  private static Map<String, List<Path>> sources = Map.of();

  /** All that is compiled, in one text. */
  private static String code = "";

  @BeforeAll
  static void read() throws IOException {
    document = Files.readString(ROOT.resolve("docs/architecture.md"));
    List<Path> files = new ArrayList<>();
    for (String module : MODULES) {
      try (Stream<Path> found = Files.walk(ROOT.resolve(module).resolve("src"))) {
        found.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    sources = files.stream().collect(Collectors.groupingBy(ArchitectureDocTest::simpleName));
    code =
        files.stream()
            .filter(file -> file.toString().contains("/main/"))
            .map(ArchitectureDocTest::text)
            .collect(Collectors.joining("\n"));
  }

  @Test
  void every_class_package_and_file_that_is_named_exists() {
    List<String> named = all(CODE, prose());

    assertThat(named).hasSizeGreaterThan(200);
    assertThat(named).allSatisfy(name -> assertThat(exists(name)).as(name).isTrue());
  }

  @Test
  void what_would_be_new_is_not_there_yet() {
    List<String> named = all(NEW, prose());

    assertThat(named).contains("WaitTool", "background_wait");
    assertThat(named).allSatisfy(name -> assertThat(exists(name)).as(name).isFalse());
  }

  @Test
  void every_page_that_is_linked_to_exists() {
    assertThat(all(LINK, document))
        .isNotEmpty()
        .allSatisfy(page -> assertThat(ROOT.resolve("docs").resolve(page)).exists());
  }

  @Test
  void the_picture_shows_every_package_and_every_room_and_no_other() throws IOException {
    List<String> packages = packages("plugin-background/src/main/java/dev/sideline/background");
    packages.addAll(packages("plugin-background/src/main/java/dev/sideline/background/engine"));

    assertThat(all(BOX, picture())).containsExactlyInAnyOrderElementsOf(packages);
  }

  @Test
  void the_rooms_stand_on_the_floors_that_the_rule_gives_them() {
    List<List<String>> floors = new ArrayList<>();
    for (String line : picture().lines().toList()) {
      List<String> rooms = all(BOX, line);
      if (RoomRulesTest.rooms().anyMatch(rooms::contains)) {
        floors.add(0, rooms);
      }
    }

    assertThat(floors).hasSameSizeAs(RoomRulesTest.FLOORS);
    for (int i = 0; i < floors.size(); i++) {
      assertThat(floors.get(i)).containsExactlyInAnyOrderElementsOf(RoomRulesTest.FLOORS.get(i));
    }
  }

  @Test
  void every_room_has_its_job_in_the_table_from_the_floor_up() {
    String table = document.substring(document.indexOf("## The rooms"), document.indexOf("Above"));

    assertThat(all(ROOM, table))
        .containsExactlyInAnyOrderElementsOf(RoomRulesTest.rooms().toList())
        .startsWith("protocol", "model")
        .endsWith("react");
  }

  // --- what there is

  private static boolean exists(String name) {
    if (FILE.matcher(name).matches()) {
      return Files.exists(ROOT.resolve(name)) || endsIn(name);
    }
    if (name.startsWith("java.")) {
      return true;
    }
    Matcher member = MEMBER.matcher(name);
    if (member.matches()) {
      return sources(member.group(1)).anyMatch(source -> declares(source, member.group(2)));
    }
    return TYPE.matcher(name).matches()
        ? sources.containsKey(name)
        : MODULES.contains(name) || isPackage(name) || code.contains('"' + name + '"');
  }

  private static boolean endsIn(String fileName) {
    return sources.containsKey(fileName.replace(".java", ""));
  }

  private static Stream<String> sources(String className) {
    return sources.getOrDefault(className, List.of()).stream().map(ArchitectureDocTest::text);
  }

  /** Whether a source has a nested type or a method of a name, or a component of a record. */
  private static boolean declares(String source, String member) {
    String form =
        Character.isUpperCase(member.charAt(0))
            ? "\\b(class|record|interface|enum) " + member + "\\b"
            : "\\b" + member + "\\(";
    return Pattern.compile(form).matcher(source).find();
  }

  private static boolean isPackage(String name) {
    return code.contains("package dev.sideline.background." + name + ";")
        || code.contains("package dev.sideline.background.engine." + name + ";")
        || code.contains("package dev.sideline.host." + name + ";");
  }

  private static List<String> packages(String folder) throws IOException {
    try (Stream<Path> inside = Files.list(ROOT.resolve(folder))) {
      return inside
          .filter(Files::isDirectory)
          .map(path -> path.getFileName().toString())
          .collect(Collectors.toCollection(ArrayList::new));
    }
  }

  // --- what is said

  private static String picture() {
    return document.substring(
        document.indexOf("<!-- picture:begin -->"), document.indexOf("<!-- picture:end -->"));
  }

  private static String prose() {
    return document.replace(picture(), "");
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(found -> found.group(1)).toList();
  }

  private static String simpleName(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
