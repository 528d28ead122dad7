package dev.sideline.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginDirectoryTest {

  @TempDir Path folder;

  private final List<PluginProblem> problems = new ArrayList<>();

  @Test
  void the_standard_folder_is_beside_the_hosts_jar_and_nowhere_else() {
    PluginDirectory plugins = new PluginDirectory(folder.resolve("target/plugins"));
    assertThat(PluginDirectory.standard(folder.resolve("target/host.jar"))).contains(plugins);
    assertThat(PluginDirectory.standard(folder.resolve("target/classes"))).contains(plugins);
    assertThat(PluginDirectory.standard(null)).isEmpty();
    assertThat(PluginDirectory.standard().orElseThrow().path()).isAbsolute().hasFileName("plugins");
  }

  @Test
  void jars_come_in_the_order_of_their_names_and_other_files_are_let_be() throws Exception {
    for (String name : List.of("b.jar", "README.md", "a.JAR", "c.jar", "old.jar.bak")) {
      Files.writeString(folder.resolve(name), "");
    }
    Files.createDirectory(folder.resolve("data"));
    assertThat(new PluginDirectory(folder).jars(problems))
        .extracting(jar -> jar.getFileName().toString())
        .containsExactly("a.JAR", "b.jar", "c.jar");
    assertThat(problems).isEmpty();
  }

  @Test
  void a_zip_is_reported_since_somebody_expects_it_to_work() throws Exception {
    Files.writeString(folder.resolve("a.jar"), "");
    Files.writeString(folder.resolve("b.zip"), "");
    assertThat(new PluginDirectory(folder).jars(problems)).hasSize(1);
    assertThat(problems)
        .containsExactly(
            new PluginProblem(
                folder.resolve("b.zip"),
                "zips are not loaded; a plugin is one self-contained jar"));
  }

  @Test
  void a_missing_or_empty_folder_is_reported() throws Exception {
    Path missing = folder.resolve("missing");
    Path file = Files.writeString(folder.resolve("file"), "");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (Path path : List.of(missing, file, empty)) {
      assertThat(new PluginDirectory(path).jars(problems)).isEmpty();
    }
    assertThat(problems)
        .extracting(PluginProblem::toString)
        .containsExactly(
            missing
                + ": the plugin folder does not exist; make it and put plugin jars into it, or name"
                + " another",
            file
                + ": the plugin folder is not a folder; make it and put plugin jars into it, or"
                + " name another",
            empty + ": there is no jar in the plugin folder; put plugin jars into it");
  }

  @Test
  void a_host_without_plugins_works_and_says_why_it_has_none() {
    try (TestPlugins plugins = new TestPlugins(folder)) {
      assertThat(plugins.host.tools()).isEmpty();
      assertThat(plugins.host.events().observes("s1")).isFalse();
      plugins.event("s1");
      plugins.host.events().eventsLost();
      assertThat(plugins.messages()).hasSize(1);
    }
  }
}
