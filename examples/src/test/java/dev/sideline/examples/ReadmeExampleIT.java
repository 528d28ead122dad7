package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README, run by its own commands with nothing else around them. */
class ReadmeExampleIT {

  private static final Pattern CLASS_PATH = Pattern.compile("(?m)^CP=(.*)$");
  private static final String PLUGIN = "sideline-plugin-background.jar";

  @TempDir Path folder;

  @Test
  void the_host_of_the_readme_runs_a_task_with_the_class_path_of_the_readme() throws Exception {
    Command host = run("TinyHost", "");

    assertThat(host.output())
        .contains("Launched background task bg_")
        .contains("There are 3 rooms.")
        .contains("completed");
    assertThat(host.exitCode()).as(host.output()).isZero();
  }

  @Test
  void without_its_logging_the_plugin_says_what_it_needs() throws Exception {
    Command host = run("TinyHost", ":slf4j-api-[^:]+\\.jar");

    assertThat(host.output())
        .contains("IllegalStateException: sideline-background needs slf4j-api 2 on the class path");
    assertThat(host.exitCode()).isNotZero();
  }

  @Test
  void the_PF4J_host_of_the_readme_finds_the_plugin_in_its_folder() throws Exception {
    BuiltJars.copy(List.of(PLUGIN), Files.createDirectory(folder.resolve("plugins")));

    Command host = run("Pf4jHost", "");

    assertThat(host.output().lines())
        .contains("background_task", "background_output", "background_list");
    assertThat(host.exitCode()).as(host.output()).isZero();
  }

  /** Runs a program of the README, without some part of its commands. */
  private Command run(String program, String without) throws Exception {
    Documents readme = Documents.read("README.md");
    Files.writeString(folder.resolve(program + ".java"), readme.after("example:begin " + program));
    String commands = readme.after("run:begin " + program).replaceAll(without, "");
    Matcher classPath = CLASS_PATH.matcher(commands);
    assertThat(classPath.find()).isTrue();
    BuiltJars.copy(List.of(classPath.group(1).split(":")), folder);
    return Command.run(folder, List.of("sh", "-c", commands));
  }
}
