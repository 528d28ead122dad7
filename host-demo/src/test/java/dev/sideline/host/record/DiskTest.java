package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real disks that are full or read-only: small ones in memory, where the system lets one have such.
 */
@EnabledOnOs(OS.LINUX)
class DiskTest {

  private static final String OWN_DISK = "mount -t tmpfs -o size=6m none \"$0\" && exec \"$@\"";

  @TempDir private Path disk;

  @BeforeEach
  void requireDisks() throws Exception {
    assumeThat(say(List.of("echo", "yes"))).as("own mounts are allowed").containsExactly("yes");
  }

  @Test
  void on_a_full_disk_what_was_acknowledged_is_whole_and_it_goes_on_when_there_is_room()
      throws Exception {
    List<String> said = run("full");

    assertThat(said).hasSize(5);
    assertThat(said.get(0)).isEqualTo("refused FULL");
    String found = said.get(1).replace("acknowledged ", "found ");
    assertThat(said.get(2)).isEqualTo("filled");
    // It may do without more room, or say that it needs some.
    assertThat(said.get(3))
        .satisfiesAnyOf(
            words -> assertThat(words).isEqualTo(found),
            words -> assertThat(words).startsWith("FULL ").contains("make some", "--data"),
            words -> assertThat(words).startsWith("FULL ").contains("make room", "--data"));
    assertThat(said.get(4)).isEqualTo(found);
  }

  @Test
  void a_read_only_disk_is_refused_with_what_to_do() throws Exception {
    assertThat(run("read-only"))
        .singleElement()
        .asString()
        .startsWith("READ_ONLY the data folder " + disk.resolve("data"))
        .contains("make it writable for you, or name another folder with --data");
  }

  private List<String> run(String what) throws Exception {
    return say(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-cp",
            System.getProperty("java.class.path"),
            DiskProcess.class.getName(),
            what,
            disk.toString()));
  }

  private List<String> say(List<String> command) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("unshare", "-rm", "sh", "-c", OWN_DISK, disk.toString()));
    words.addAll(command);
    Process process;
    try {
      process = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    } catch (IOException e) {
      return List.of();
    }
    byte[] said = process.getInputStream().readAllBytes();
    process.waitFor();
    return new String(said, StandardCharsets.UTF_8).lines().toList();
  }
}
