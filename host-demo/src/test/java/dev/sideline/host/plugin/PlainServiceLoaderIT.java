package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sideline.api.AgentPlugin;
import dev.sideline.api.testing.TestHost;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** The built plugin in a process of its own that has nothing of this host: a plain class path. */
class PlainServiceLoaderIT {

  private static final String MAIN =
      """
      import dev.sideline.api.*;
      import dev.sideline.api.testing.TestHost;
      import java.util.*;
      import java.util.concurrent.TimeUnit;
      import java.util.regex.*;

      public class PlainHost {
        public static void main(String[] args) throws Exception {
          for (String library : List.of("org.pf4j.PluginManager",
              "com.fasterxml.jackson.databind.ObjectMapper",
              "com.github.benmanes.caffeine.cache.Cache")) {
            try {
              Class.forName(library);
              throw new AssertionError(library + " is on the class path");
            } catch (ClassNotFoundException expected) {
              // as it should be
            }
          }
          List<AgentPlugin> plugins = new ArrayList<>();
          ServiceLoader.load(AgentPlugin.class).forEach(plugins::add);
          if (plugins.size() != 1) {
            throw new AssertionError("found " + plugins);
          }
          try (TestHost host = new TestHost()) {
            host.sessions().addSession("parent");
            host.sessions().onTurn(
                prompt -> host.sessions().finish(prompt.sessionId(), "There are 42 files."));
            host.activate(plugins.get(0));
            String launched = call(host, "background_task", args[0]);
            System.out.println(launched);
            Matcher id = Pattern.compile("\\\\bbg_[A-Za-z0-9_-]+").matcher(launched);
            if (!id.find()) {
              throw new AssertionError("no id in: " + launched);
            }
            System.out.println(call(host, "background_output", args[1].replace("ID", id.group())));
          }
          System.out.println("disposed");
        }

        static String call(TestHost host, String tool, String arguments) throws Exception {
          ToolResult result =
              host.call(tool, "parent", arguments).toCompletableFuture().get(30, TimeUnit.SECONDS);
          if (result.error()) {
            throw new AssertionError(tool + ": " + result.text());
          }
          return result.text();
        }
      }
      """;

  @TempDir Path folder;

  @Test
  void the_plugin_works_through_the_service_loader_alone() throws Exception {
    String libraries =
        Stream.of(
                jarOf(AgentPlugin.class),
                jarOf(TestHost.class),
                jarOf(Logger.class),
                BackgroundJar.JAR)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    for (Map.Entry<String, byte[]> type :
        PluginJar.compile(Map.of("PlainHost", MAIN), libraries).entrySet()) {
      Files.write(folder.resolve(type.getKey()), type.getValue());
    }
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                libraries + File.pathSeparator + folder,
                "PlainHost",
                BackgroundJar.LAUNCH,
                BackgroundJar.output("ID"))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS))
          .as(() -> "ends by itself: a thread of the plugin may be left\n" + read(output))
          .isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    assertThat(read(output)).contains("There are 42 files.", "disposed");
    assertThat(process.exitValue()).isZero();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path jarOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
