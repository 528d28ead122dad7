package dev.sideline.host.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The built launcher, beside a copy of the built program, and real JVMs. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LauncherIT {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Path JAVA = Path.of(System.getProperty("java.home"));
  private static final Path BUILT = HostJar.JAR.resolveSibling("sideline");

  /** What the shell makes of SIGTERM, and so does a JVM that ends itself because of it. */
  private static final int TERMINATED = 128 + 15;

  @TempDir private Path folder;
  private Path program = Path.of("");
  private Path jar = Path.of("");

  @BeforeEach
  void aCopyInAFolderWithBlanks() throws IOException {
    folder = folder.toRealPath();
    Path place = Files.createDirectories(folder.resolve("a program/plugins")).getParent();
    program = Files.copy(BUILT, place.resolve("sideline"), StandardCopyOption.COPY_ATTRIBUTES);
    jar = Files.copy(HostJar.JAR, place.resolve("sideline-host.jar"));
    String plugin = "plugins/sideline-plugin-background.jar";
    Files.copy(HostJar.JAR.resolveSibling(plugin), place.resolve(plugin));
  }

  @Test
  void it_calls_a_tool_through_a_link_from_another_folder() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("sl"), program);

    HostJar.Outcome outcome = run(link.toString(), "call", "--standalone", "background_list");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).isEqualTo("You have no background tasks.\n");
  }

  @Test
  void the_exit_code_is_that_of_the_program() throws IOException {
    HostJar.Outcome outcome = run(program.toString(), "frob");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("'frob'");
  }

  @Test
  void two_at_once_make_the_archive_and_later_ones_start_from_it() throws Exception {
    CompletableFuture<HostJar.Outcome> other = CompletableFuture.supplyAsync(this::version);
    assertThat(version().out()).startsWith("sideline ");
    assertThat(other.get(2, TimeUnit.MINUTES).out()).startsWith("sideline ");

    ClassArchive archive = new ClassArchive(folder.resolve("data/sideline/startup"), jar, JAVA);
    assertThat(archive.fits()).isTrue();
    FileTime made = Files.getLastModifiedTime(archive.file());
    McpProcess started = serving("");
    assertThat(Files.readString(maps(started))).contains(archive.file().toString());
    end(started);
    assertThat(Files.getLastModifiedTime(archive.file())).isEqualTo(made);
    try (Stream<Path> files = Files.list(archive.folder())) {
      assertThat(files).as("the archive and its note").hasSize(2);
    }
  }

  @Test
  void a_jar_that_was_replaced_gets_an_archive_of_its_own_even_if_a_clock_was_ahead()
      throws Exception {
    assertThat(version().exitCode()).isZero();
    ClassArchive archive = new ClassArchive(folder.resolve("data/sideline/startup"), jar, JAVA);
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(3_600)));
    assertThat(archive.fits()).isFalse();

    McpProcess started = serving("");
    assertThat(archive.fits()).isTrue();
    assertThat(Files.readString(maps(started))).contains(archive.file().toString());
    end(started);
  }

  @Test
  void nothing_of_the_jvm_is_written_where_the_protocol_is_and_another_collector_is_no_obstacle()
      throws Exception {
    McpProcess started = serving("-Xlog:gc*:stdout -XX:+UseParallelGC -Xlog:safepoint");

    assertThat(started.text("background_list", JSON.createObjectNode()))
        .isEqualTo("You have no background tasks.");
    end(started);
  }

  @Test
  void a_signal_reaches_the_jvm_which_is_the_process_that_was_started() throws Exception {
    McpProcess started = serving("");
    Process process = started.process();
    assertThat(process.info().command()).hasValue(JAVA.resolve("bin/java").toString());

    // Not by Process.destroy, which closes the pipes too: their end may come first.
    assertThat(process.toHandle().destroy()).isTrue();

    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).isEqualTo(TERMINATED);
  }

  private McpProcess serving(String toolOptions) throws IOException {
    return McpProcess.start(
        folder,
        builder -> {
          builder.command(program.toString(), "mcp", "--standalone");
          inItsEnvironment(builder, toolOptions);
        });
  }

  private static void end(McpProcess started) throws Exception {
    started.process().outputWriter().close();
    assertThat(started.process().waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(started.process().exitValue()).isZero();
  }

  private static Path maps(McpProcess started) {
    return Path.of("/proc", Long.toString(started.process().pid()), "maps");
  }

  private HostJar.Outcome version() {
    try {
      HostJar.Outcome outcome = run(program.toString(), "--version");
      assertThat(outcome.err()).isEmpty();
      return outcome;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  private HostJar.Outcome run(String... command) throws IOException {
    return HostJar.run(folder, List.of(command), builder -> inItsEnvironment(builder, ""));
  }

  private void inItsEnvironment(ProcessBuilder builder, String toolOptions) {
    builder.environment().put("JAVA_HOME", JAVA.toString());
    builder.environment().put("XDG_DATA_HOME", folder.resolve("data").toString());
    builder.environment().put("JAVA_TOOL_OPTIONS", toolOptions);
    if (toolOptions.isEmpty()) {
      builder.environment().remove("JAVA_TOOL_OPTIONS");
    }
  }
}
