package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the launcher does, with a JVM that only says how it was called. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

  private static final Path LAUNCHER = Path.of("src", "main", "sh", "sideline").toAbsolutePath();

  /** Notes each call; makes an archive as the program does; tells its arguments, one a line. */
  private static final String FAKE_JAVA =
      """
      #!/bin/sh
      case "$*" in
        '-version') echo 'openjdk version "@VERSION@" 2026-01-01' >&2; exit ;;
        *' startup --data '*)
          echo made >>"$CALLS"
          [ -z "$ARCHIVE" ] && exit 1
          mkdir -p "${ARCHIVE%/*}"
          echo classes >"$ARCHIVE"
          printf '%s' "$NOTE" >"$ARCHIVE.of"
          ;;
        *) printf '%s\\n' "$@" ;;
      esac
      """;

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private Path program = Path.of("");
  private Path jar = Path.of("");
  private Path jdk = Path.of("");

  @BeforeEach
  void aProgramAndAJdk() throws IOException {
    folder = folder.toRealPath();
    program = Files.createDirectories(folder.resolve("a program")).resolve("sideline");
    Files.copy(LAUNCHER, program);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    jar = Files.writeString(program.resolveSibling("sideline-host.jar"), "a jar");
    // As one that lay there for a while.
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS)));
    jdk = jdk("a jdk", "17.0.15", true);
    environment.put("JAVA_HOME", jdk.toString());
    environment.put("XDG_DATA_HOME", folder.resolve("data").toString());
    environment.put("CALLS", folder.resolve("calls").toString());
    environment.put("PATH", "/usr/bin:/bin");
  }

  @Test
  void the_jvm_is_given_the_options_of_the_command_that_connect_writes() throws IOException {
    List<String> words = new ArrayList<>(ServerCommand.options(List.of()));
    words.addAll(List.of("-jar", jar.toString(), "mcp", "a b", "*", ""));

    assertThat(started("mcp", "a b", "*", "")).isEqualTo(words);
  }

  @Test
  void it_starts_from_the_archive_that_the_program_has_made_as_the_program_itself_would()
      throws IOException {
    ClassArchive archive = archiveCanBeMade();
    List<String> words = new ArrayList<>(ServerCommand.options(archive.options()));
    words.addAll(List.of("-jar", jar.toString(), "tools"));

    assertThat(started("tools")).isEqualTo(words);
    assertThat(started("tools")).isEqualTo(words);
    assertThat(archive.fits()).as("what is noted is what the program compares").isTrue();
    assertThat(timesMade()).isEqualTo(1);
  }

  @Test
  void an_archive_is_made_anew_when_the_jar_or_the_jdk_has_changed() throws IOException {
    archiveCanBeMade();
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);

    // Newer even than what is made of it: that is not taken for one of it.
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(5)));
    environment.put("NOTE", note(jar, jdk));
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).as("of a jar that is newer").isEqualTo(2);

    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().minus(1, ChronoUnit.HOURS)));
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"17.0.16\"\n");
    environment.put("NOTE", note(jar, jdk));
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).as("of a JDK that was replaced").isEqualTo(3);
  }

  @Test
  void an_archive_that_cannot_be_made_is_not_tried_again_at_every_start() throws IOException {
    archiveCanBeMade();
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"21\"\n");
    environment.put("ARCHIVE", "");

    assertThat(started()).as("not even from the old one").noneMatch(LauncherTest::namesAnArchive);
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx---rwx"})
  void where_others_can_write_no_archive_is_used_or_made(String permissions) throws IOException {
    ClassArchive archive = archiveCanBeMade();
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);
    Files.setPosixFilePermissions(archive.folder(), PosixFilePermissions.fromString(permissions));

    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
    Files.delete(archive.file());
    Files.delete(archive.folder().resolve(archive.file().getFileName() + ".of"));
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).isEqualTo(1);
  }

  @Test
  void a_link_in_the_place_of_the_folder_or_of_the_archive_is_not_followed() throws IOException {
    ClassArchive archive = archiveCanBeMade();
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);
    Path moved = Files.move(archive.file(), folder.resolve("moved.jsa"));
    Files.createSymbolicLink(archive.file(), moved);
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);

    Files.delete(archive.file());
    Files.move(moved, archive.file());
    assertThat(started()).anyMatch(LauncherTest::namesAnArchive);
    Path elsewhere = Files.move(archive.folder(), folder.resolve("elsewhere"));
    Files.createSymbolicLink(archive.folder(), elsewhere);
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
  }

  @Test
  void without_a_folder_for_data_it_starts_all_the_same_and_says_nothing() throws IOException {
    archiveCanBeMade();
    Path inTheWay = Files.writeString(folder.resolve("file"), "");
    for (String data : List.of(inTheWay + "/data", "/proc/1/data", folder + "/a:b")) {
      environment.put("XDG_DATA_HOME", data);
      assertThat(started()).as(data).noneMatch(LauncherTest::namesAnArchive);
    }
    environment.put("XDG_DATA_HOME", "relative");
    environment.put("HOME", "");
    assertThat(started()).noneMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).isZero();
  }

  @Test
  void a_data_folder_that_may_only_be_read_is_left_as_it_is() throws IOException {
    archiveCanBeMade();
    Path data = Files.createDirectories(folder.resolve("data/sideline/startup"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("r-xr-xr-x"));
    List<String> command = new ArrayList<>();
    if (Files.isWritable(data)) { // By the superuser, who is made like others.
      command.addAll(List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"));
      Assumptions.assumeTrue(Files.exists(Path.of("/usr/bin/setpriv")));
    }
    command.add(program.toString());

    assertThat(started(command)).contains(jar.toString()).noneMatch(LauncherTest::namesAnArchive);
    assertThat(timesMade()).isZero();
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void it_is_found_through_links_from_anywhere() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("home/bin"));
    Path second = Files.createSymbolicLink(folder.resolve("home/second"), program);
    Path link =
        Files.createSymbolicLink(bin.resolve("sl"), Path.of("..", second.getFileName() + ""));
    environment.put("PATH", bin + ":/usr/bin:/bin");

    assertThat(started(List.of(link.toString()))).contains(jar.toString());
    assertThat(started(List.of("sh", "-c", "sl"))).as("on the path").contains(jar.toString());
    assertThat(started(List.of("sh", "-c", "cd \"$0\" && ./sl", bin.toString())))
        .contains(jar.toString());
    assertThat(started(List.of("sh", "-c", "cd \"$0\" && sh sideline", program.getParent() + "")))
        .contains(jar.toString());
  }

  @Test
  void without_JAVA_HOME_the_java_of_the_path_is_taken_and_known_behind_its_links()
      throws IOException {
    ClassArchive archive = archiveCanBeMade();
    environment.remove("JAVA_HOME");
    Path bin = Files.createDirectories(folder.resolve("bin"));
    Path alternative = Files.createSymbolicLink(folder.resolve("alt"), jdk.resolve("bin/java"));
    Files.createSymbolicLink(bin.resolve("java"), alternative);
    environment.put("PATH", bin + ":/usr/bin:/bin");

    assertThat(started()).containsAll(archive.options());
  }

  @Test
  void a_program_without_a_jdk_behind_it_serves_as_java_too() throws IOException {
    archiveCanBeMade();
    environment.put("JAVA_HOME", jdk("shim", "17", false).toString());

    assertThat(started()).contains(jar.toString()).noneMatch(LauncherTest::namesAnArchive);
  }

  @ParameterizedTest
  @CsvSource({"1.8.0_402, true", "11.0.2, true", "16, true", "1.8.0_402, false", "11, false"})
  void a_jdk_that_is_too_old_is_named(String version, boolean says) throws IOException {
    Path old = jdk("old", version, says);
    environment.put("JAVA_HOME", old.toString());

    HostJar.Outcome outcome = run(List.of(program.toString()));

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err())
        .startsWith("sideline: " + old + "/bin/java has version " + version + ", and at least 17");
  }

  @ParameterizedTest
  @ValueSource(strings = {"17", "17.0.15", "25-ea", "26.0.1", "100"})
  void a_jdk_that_is_new_enough_is_taken(String version) throws IOException {
    environment.put("JAVA_HOME", jdk("new", version, true).toString());
    assertThat(started()).contains(jar.toString());
    environment.put("JAVA_HOME", jdk("silent", version, false).toString());
    assertThat(started()).contains(jar.toString());
  }

  @Test
  void what_is_missing_is_named() throws IOException {
    environment.put("JAVA_HOME", folder.toString());
    assertThat(run(List.of(program.toString())).err())
        .startsWith("sideline: JAVA_HOME is " + folder + ", and there is no bin/java in it");

    environment.remove("JAVA_HOME");
    environment.put("PATH", pathWithoutJava().toString());
    HostJar.Outcome outcome = run(List.of("/bin/sh", program.toString()));
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("sideline: there is no java; install a JDK");

    Files.delete(jar);
    assertThat(run(List.of("/bin/sh", program.toString())).err())
        .startsWith("sideline: there is no " + jar);
  }

  /** Has what else the launcher needs: it must not fail for the lack of that. */
  private Path pathWithoutJava() throws IOException {
    Path bin = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("readlink", "cat", "uname", "ls", "id", "wc", "cksum", "sed")) {
      Path there = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin") : Path.of("/bin");
      executable(bin.resolve(tool), "#!/bin/sh\nexec " + there.resolve(tool) + " \"$@\"\n");
    }
    return bin;
  }

  /** Has the JVM make one as the program would, for the jar and the JDK as they are. */
  private ClassArchive archiveCanBeMade() throws IOException {
    ClassArchive archive = new ClassArchive(folder.resolve("data/sideline/startup"), jar, jdk);
    environment.put("ARCHIVE", archive.file().toString());
    environment.put("NOTE", note(jar, jdk));
    return archive;
  }

  private static String note(Path jar, Path jdk) throws IOException {
    return String.format(
        "jar %s%nsize %d%njdk %s%n%s",
        jar, Files.size(jar), jdk, Files.readString(jdk.resolve("release")));
  }

  private Path jdk(String name, String version, boolean says) throws IOException {
    Path home = folder.resolve(name);
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    executable(java, FAKE_JAVA.replace("@VERSION@", version));
    if (says) {
      Files.writeString(
          home.resolve("release"),
          "JAVA_RUNTIME_VERSION=\"x\"\nJAVA_VERSION=\"" + version + "\"\nOS_NAME=\"Linux\"\n");
    }
    return home;
  }

  private static void executable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean namesAnArchive(String argument) {
    return argument.contains("SharedArchiveFile");
  }

  private long timesMade() throws IOException {
    Path calls = folder.resolve("calls");
    return Files.exists(calls) ? Files.readAllLines(calls).size() : 0;
  }

  private List<String> started(String... arguments) throws IOException {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    words.addAll(List.of(arguments));
    return started(words);
  }

  /** How the JVM was started; nothing may be said besides. */
  private List<String> started(List<String> command) throws IOException {
    HostJar.Outcome outcome = run(command);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    return List.of(outcome.out().split("\n", -1)).subList(0, (int) outcome.out().lines().count());
  }

  private HostJar.Outcome run(List<String> command) throws IOException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectories(folder.resolve("work")).toFile())
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
    return new HostJar.Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
  }
}
