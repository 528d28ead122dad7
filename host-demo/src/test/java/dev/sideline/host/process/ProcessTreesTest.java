package dev.sideline.host.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Trees of real processes, each of which writes its id into a file. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class ProcessTreesTest {

  private static final String LOOP = "while :; do sleep 0.1; done";

  /** Leaves its parent, its session and its environment. */
  private static final String STRAY =
      "( env -i PATH=\"$PATH\" setsid sh -c 'trap \"\" TERM; echo $$ > stray; "
          + LOOP
          + "' </dev/null >/dev/null 2>&1 & ); until [ -s stray ]; do sleep 0.02; done; ";

  @TempDir private Path folder;

  @Test
  void one_of_two_trees_ends_and_the_other_goes_on() throws Exception {
    try (ProcessTrees trees = ProcessTrees.unwatched()) {
      StartedTree first = start(trees, "sh -c 'echo $$ > one; " + LOOP + "' & " + LOOP);
      StartedTree second = start(trees, "echo $$ > two; " + LOOP);
      SystemProcess child = processIn("one");
      SystemProcess other = processIn("two");
      trees.end(first, Duration.ofMillis(300));

      assertThat(lives(child)).isFalse();
      assertThat(first.process().waitFor()).isNotZero();
      assertThat(lives(other)).isTrue();
      assertThat(second.process().isAlive()).isTrue();
    }
  }

  @Test
  void what_has_left_parent_session_and_environment_ends_with_its_tree() throws Exception {
    try (ProcessTrees trees = ProcessTrees.watched(null)) {
      StartedTree earlier = start(trees, "echo $$ > earlier; " + LOOP);
      processIn("earlier");
      StartedTree straying = start(trees, STRAY + "echo $$ > root; " + LOOP);
      processIn("root");
      SystemProcess stray = processIn("stray");
      trees.end(straying, Duration.ofMillis(100));
      // It may be of either: both were there when it began.
      assertThat(lives(stray)).isTrue();
      trees.end(earlier, Duration.ofMillis(100));

      assertThat(lives(stray)).isFalse();
    }
  }

  @Test
  void all_end_at_once_and_nothing_is_started_after_that() throws Exception {
    ProcessTrees trees = ProcessTrees.watched(folder);
    start(trees, STRAY + "trap '' TERM; echo $$ > root; " + LOOP);
    SystemProcess root = processIn("root");
    SystemProcess stray = processIn("stray");
    assertThat(folder.resolve("hosts")).isNotEmptyDirectory();
    trees.close();

    assertThat(lives(root) || lives(stray)).isFalse();
    assertThat(folder.resolve("hosts")).isEmptyDirectory();
    assertThatThrownBy(() -> start(trees, "true"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the host is ending");
  }

  @Test
  void a_record_is_for_its_owner_alone_and_comes_back_as_it_was() throws Exception {
    SystemProcess self = ProcessTable.self();
    TreeRecord record = TreeRecord.create(folder.resolve("hosts"), TreeSigns.newHost(), self, 42);
    SystemProcess root = new SystemProcess(7, 1, 1, 1, 99);
    record.started(root);
    Files.writeString(record.file(), Files.readString(record.file()) + "tree 8");

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(record.file())))
        .isEqualTo("rw-------");
    TreeRecord.Content content = TreeRecord.read(record.file());
    assertThat(content.place()).isEqualTo(ProcessTable.place());
    assertThat(content.host().is(self)).isTrue();
    assertThat(content.signs().limit()).isEqualTo(OptionalLong.of(42));
    assertThat(content.roots()).singleElement().matches(root::is);
  }

  @Test
  void a_record_stays_short_however_many_processes_were_started() throws Exception {
    SystemProcess self = ProcessTable.self();
    TreeRecord record = TreeRecord.create(folder.resolve("hosts"), TreeSigns.newHost(), self, 42);
    SystemProcess stays = new SystemProcess(5, 1, 1, 1, 5);
    record.started(stays);
    for (int i = 10; i < 3_000; i++) {
      SystemProcess goes = new SystemProcess(i, 1, 1, 1, i);
      record.started(goes);
      record.ended(goes);
    }

    List<SystemProcess> roots = TreeRecord.read(record.file()).roots();
    assertThat(roots).hasSizeLessThan(1_010).anyMatch(stays::is);
  }

  @Test
  void what_a_killed_host_has_left_is_found_by_id_and_start_and_nothing_else_is_touched()
      throws Exception {
    Process left = plain("echo $$ > left; trap '' TERM; " + LOOP);
    Process other = plain("echo $$ > other; " + LOOP);
    try {
      SystemProcess root = processIn("left");
      SystemProcess innocent = processIn("other");
      Path records = folder.resolve("hosts");
      // A host that lives no more, and a process whose id has gone to another one since.
      long session = root.session();
      SystemProcess host = new SystemProcess(root.pid(), 0, 0, session, root.start() - 1);
      TreeRecord record = TreeRecord.create(records, TreeSigns.newHost(), host, 42);
      SystemProcess reused = new SystemProcess(innocent.pid(), 0, 0, 0, innocent.start() - 1);
      record.started(reused);
      record.started(root);
      Leftovers.end(records);

      assertThat(lives(root)).isFalse();
      assertThat(lives(innocent)).isTrue();
      assertThat(records).isEmptyDirectory();
    } finally {
      left.destroyForcibly();
      other.destroyForcibly();
    }
  }

  @Test
  void nothing_is_started_before_what_a_killed_host_has_left_has_ended() throws Exception {
    Process left = plain("echo $$ > left; trap '' TERM; " + LOOP);
    try {
      SystemProcess root = processIn("left");
      SystemProcess host = new SystemProcess(root.pid(), 0, 0, root.session(), root.start() - 1);
      TreeRecord.create(folder.resolve("hosts"), TreeSigns.newHost(), host, 42).started(root);
      try (ProcessTrees trees = ProcessTrees.watched(folder)) {
        start(trees, LOOP);

        assertThat(lives(root)).isFalse();
      }
    } finally {
      left.destroyForcibly();
    }
  }

  @Test
  void a_record_of_a_host_that_lives_or_of_another_system_is_left_alone() throws Exception {
    Path records = folder.resolve("hosts");
    TreeRecord mine = TreeRecord.create(records, TreeSigns.newHost(), ProcessTable.self(), 42);
    TreeRecord foreign =
        TreeRecord.create(records, TreeSigns.newHost(), new SystemProcess(1 << 22, 0, 0, 0, 1), 42);
    Path old = records.resolve("old");
    for (Path file : List.of(foreign.file(), old)) {
      String text = Files.readString(foreign.file()).replace(ProcessTable.place(), "elsewhere 1");
      Files.writeString(file, text);
    }
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(31))));
    Leftovers.end(records);

    assertThat(records).isDirectoryNotContaining(old::equals);
    assertThat(List.of(mine.file(), foreign.file())).allMatch(Files::exists);
  }

  private StartedTree start(ProcessTrees trees, String script) throws IOException {
    return trees.start(builder(script));
  }

  private Process plain(String script) throws IOException {
    return builder(script).start();
  }

  private ProcessBuilder builder(String script) {
    return new ProcessBuilder("sh", "-c", script)
        .directory(folder.toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD);
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
