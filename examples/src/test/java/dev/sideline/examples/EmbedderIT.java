package dev.sideline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host of somebody else's, written from the README and the Javadoc, with nothing but what is
 * published: it keeps the contract, and the plugin keeps its promises in it, in calm and in rough
 * weather. Its sources are in {@code src/embedder} and {@code src/embedder-test}.
 */
class EmbedderIT {

  @TempDir Path folder;

  @Test
  void a_host_from_outside_keeps_the_contract_and_runs_200_tasks_in_any_weather() throws Exception {
    OutsideProject project =
        new OutsideProject(
            folder,
            "org.assertj:assertj-core:assertj.version",
            "org.awaitility:awaitility:awaitility.version");
    project.addAll(Path.of("src/embedder/java"), "src/main/java");
    project.addAll(Path.of("src/embedder-test/java"), "src/test/java");

    Command maven = project.test();

    assertThat(maven.exitCode()).as(maven.output()).isZero();
    assertThat(maven.output())
        .contains("outside.MemoryHostContractTest", "outside.TwoHundredTasksTest")
        .containsPattern("Tests run: [3-9]\\d, Failures: 0, Errors: 0, Skipped: 0");
  }
}
