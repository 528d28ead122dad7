package dev.sideline.host.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The example of the README, compiled and run as a reader would, with nothing else around it. */
class ReadmeExampleIT {

  private static final Path API = Path.of("..", "api", "target", "sideline-api.jar");
  private static final Path TESTKIT =
      Path.of("..", "api-testkit", "target", "sideline-api-testkit.jar");
  private static final Path PLUGIN = Path.of("target", "plugins", "sideline-plugin-background.jar");

  @TempDir Path folder;

  @Test
  void the_host_of_the_readme_compiles_and_runs_a_task() throws Exception {
    Path source = folder.resolve("TinyHost.java");
    Files.writeString(source, example());
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                OutputStream.nullOutputStream(),
                null,
                "-cp",
                API + File.pathSeparator + TESTKIT,
                "-d",
                folder.toString(),
                source.toString());
    assertThat(compiled).as("exit code of javac").isZero();

    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(
                    File.pathSeparator,
                    List.of(
                        folder.toString(),
                        API.toString(),
                        TESTKIT.toString(),
                        PLUGIN.toString(),
                        slf4j())),
                "TinyHost")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(output)
        .content()
        .contains("Launched background task bg_")
        .contains("There are 3 rooms.")
        .contains("completed");
    assertThat(ended).as("ended by itself").isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private static String example() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"), StandardCharsets.UTF_8);
    int block = readme.indexOf("```java", readme.indexOf("<!-- example:begin -->"));
    int begin = readme.indexOf('\n', block) + 1;
    return readme.substring(begin, readme.indexOf("```", begin));
  }

  /** The one library that the plugin shares with its host. */
  private static String slf4j() throws Exception {
    return Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }
}
