package dev.sideline.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watcher's script by itself, also in the way that it goes where there is no {@code /proc}. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class WatcherScriptTest {

  private static final String LOOP = "trap '' TERM; while :; do sleep 0.1; done";

  @TempDir private Path folder;

  private final String mark = UUID.randomUUID().toString();

  @AfterEach
  void endWhatATestHasLeft() throws IOException {
    for (String name : List.of("root", "child", "marked", "other")) {
      if (Files.exists(folder.resolve(name))) {
        ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve(name)).strip()))
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc", "ps"})
  void it_ends_what_a_host_has_started_that_is_gone_and_nothing_else(String by) throws Exception {
    shell("", "sh -c 'echo $$ > child; " + LOOP.replace("'", "\"") + "' & echo $$ > root; " + LOOP);
    shell(mark, "echo $$ > marked; " + LOOP);
    shell("", "echo $$ > other; " + LOOP);
    SystemProcess root = processIn("root");
    SystemProcess child = processIn("child");
    SystemProcess marked = processIn("marked");
    SystemProcess other = processIn("other");
    Path record = Files.createFile(folder.resolve("a record"));
    Process watcher = watch(by, record);
    tell(watcher, "+ " + root.pid() + " " + root.start());
    tell(watcher, "+ " + other.pid() + " " + other.start());
    tell(watcher, "- " + other.pid());
    watcher.outputWriter().close();

    assertThat(watcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(List.of(root, child, marked)).noneMatch(WatcherScriptTest::lives);
    assertThat(lives(other)).isTrue();
    assertThat(record).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"proc", "ps"})
  void it_does_nothing_when_the_host_has_ended_well(String by) throws Exception {
    shell(mark, "echo $$ > marked; " + LOOP);
    SystemProcess marked = processIn("marked");
    Path record = Files.createFile(folder.resolve("record"));
    Process watcher = watch(by, record);
    tell(watcher, "+ " + marked.pid() + " " + marked.start());
    watcher.toHandle().destroy();
    tell(watcher, "end");

    assertThat(watcher.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(watcher.exitValue()).isZero();
    assertThat(lives(marked)).isTrue();
    assertThat(record).exists();
  }

  private Process watch(String by, Path record) throws IOException {
    String script;
    try (InputStream resource = Watcher.class.getResourceAsStream("watcher.sh")) {
      script = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
    Process watcher = new ProcessBuilder("sh", "-c", script, "sideline-watcher", by).start();
    // No process has this id, so that no limit of one is changed.
    tell(watcher, "host 99999999 1 " + mark + " 4611686018427387 " + record);
    assertThat(watcher.inputReader().readLine()).isEqualTo("ready");
    return watcher;
  }

  private static void tell(Process watcher, String line) throws IOException {
    watcher.outputWriter().append(line).append('\n').flush();
  }

  private void shell(String inherited, String script) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("setsid", "sh", "-c", script)
            .directory(folder.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().put(TreeSigns.MARK_VARIABLE, inherited);
    builder.start();
  }

  private SystemProcess processIn(String file) throws IOException {
    Path path = folder.resolve(file);
    await().until(() -> Files.exists(path) && Files.readString(path).endsWith("\n"));
    return ProcessTable.process(Long.parseLong(Files.readString(path).strip())).orElseThrow();
  }

  private static boolean lives(SystemProcess process) {
    return ProcessTable.process(process.pid()).filter(process::is).isPresent();
  }
}
