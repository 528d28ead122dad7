package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What the system is asked to write through to the disk, as the system sees it. */
@EnabledOnOs(OS.LINUX)
class SyncTest {

  private static final int COMMITS = 40;

  @TempDir private Path temporary;

  @Test
  void each_commit_is_written_through_to_the_disk_once_before_it_is_told() throws Exception {
    Path trace = temporary.resolve("trace");
    List<String> strace =
        List.of("strace", "-f", "-e", "trace=fdatasync,fsync", "-o", trace.toString());
    assumeThat(works(strace)).as("strace may be used").isTrue();
    try (OwnerProcess owner = OwnerProcess.start(strace, temporary.resolve("data"))) {
      assertThat(owner.says()).isEqualTo("claimed");
      owner.tell("CREATE TABLE kept (value TEXT)");
      assertThat(owner.says()).isEqualTo("done");
      long before = synced(trace);
      for (int i = 1; i <= COMMITS; i++) {
        owner.tell("INSERT INTO kept VALUES ('row')");
        assertThat(owner.says()).isEqualTo("done");
        assertThat(synced(trace) - before).isEqualTo(i);
      }
    }
  }

  private static boolean works(List<String> strace) throws InterruptedException {
    try {
      List<String> words = Stream.concat(strace.stream(), Stream.of("true")).toList();
      return new ProcessBuilder(words).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static long synced(Path trace) throws IOException {
    return Files.readAllLines(trace).stream().filter(line -> line.contains("sync(")).count();
  }
}
