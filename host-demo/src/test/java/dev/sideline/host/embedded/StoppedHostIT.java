package dev.sideline.host.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built plugin in a process that is stopped for a while, as a debugger or a shell does it. */
class StoppedHostIT {

  private static final Path PLUGINS = Path.of("target", "plugins").toAbsolutePath();
  private static final int STOPPED_SECONDS = 20;

  @TempDir private Path folder;

  @Test
  void no_task_ends_wrongly_and_no_wait_is_late_when_the_process_was_stopped() throws Exception {
    Path output = folder.resolve("output");
    Process host =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StoppedHost.class.getName(),
                PLUGINS.toString())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> Files.readString(output).contains("ready") || !host.isAlive());
      assertThat(host.isAlive()).as(() -> read(output)).isTrue();
      stopAndContinue(host);
      assertThat(host.waitFor(2, TimeUnit.MINUTES)).as(() -> read(output)).isTrue();
    } finally {
      host.descendants().forEach(ProcessHandle::destroyForcibly);
      host.destroyForcibly().waitFor();
    }

    Properties told = new Properties();
    told.load(Files.newBufferedReader(output));
    assertThat(told.getProperty("stopped")).as(() -> read(output)).isNotNull();
    assertThat(Long.parseLong(told.getProperty("stopped")))
        .isGreaterThan(TimeUnit.SECONDS.toMillis(STOPPED_SECONDS) - 1_000);
    assertThat(told)
        .containsEntry("soon", "completed: ok")
        .containsEntry("soon.waited", "completed: ok")
        .containsEntry("later", "completed: ok");
    assertThat(Long.parseLong(told.getProperty("late.within"))).isBetween(-100L, 1_000L);
    assertThat(Long.parseLong(told.getProperty("late.beyond"))).isBetween(-100L, 1_000L);
  }

  private static void stopAndContinue(Process host) throws Exception {
    String script = "kill -STOP \"$0\" && sleep \"$1\"; kill -CONT \"$0\"";
    Process stopper =
        new ProcessBuilder(
                "sh", "-c", script, Long.toString(host.pid()), Integer.toString(STOPPED_SECONDS))
            .inheritIO()
            .start();
    assertThat(stopper.waitFor()).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "unreadable: " + e;
    }
  }
}
