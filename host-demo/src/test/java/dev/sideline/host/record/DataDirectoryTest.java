package dev.sideline.host.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sideline.host.record.RecordException.Problem;
import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataDirectoryTest {

  private static final long PID = ProcessHandle.current().pid();

  @TempDir private Path temporary;

  private Path folder;

  @BeforeEach
  void nameTheFolder() {
    folder = temporary.resolve("data");
  }

  // --- one owner

  @Test
  void a_second_opener_in_the_same_process_is_refused_by_whichever_path_it_comes()
      throws Exception {
    try (DataDirectory first = claim()) {
      Path link = Files.createSymbolicLink(temporary.resolve("link"), first.path());

      assertThatExceptionOfType(RecordException.class)
          .isThrownBy(() -> DataDirectory.claim(link, "1.0"))
          .withMessageContaining("this process (" + PID + ")")
          .satisfies(
              refused -> {
                assertThat(refused.problem()).isEqualTo(Problem.TAKEN);
                assertThat(refused.owner().orElseThrow().pid()).isEqualTo(PID);
              });
    }
  }

  @Test
  void a_second_opener_in_a_class_loader_of_its_own_is_refused() throws Exception {
    try (DataDirectory first = claim();
        URLClassLoader other = loaderOfItsOwn()) {
      var claim =
          other
              .loadClass(DataDirectory.class.getName())
              .getMethod("claim", Path.class, String.class);

      assertThat(claim.getDeclaringClass()).isNotSameAs(DataDirectory.class);
      assertThatThrownBy(() -> claim.invoke(null, first.path(), "1.0"))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .hasMessageContaining("this process (" + PID + ")");
    }
  }

  @Test
  void a_second_process_is_refused_with_the_pid_and_version_of_the_first() throws Exception {
    try (OwnerProcess first = OwnerProcess.start(folder)) {
      assertThat(first.says()).isEqualTo("claimed");

      assertThatExceptionOfType(RecordException.class)
          .isThrownBy(this::claim)
          .withMessageContaining("process " + first.pid() + " (sideline 9.9")
          .satisfies(
              refused -> assertThat(refused.owner().orElseThrow().pid()).isEqualTo(first.pid()));
      assertThat(DataDirectory.owner(folder).orElseThrow().pid()).isEqualTo(first.pid());
    }
  }

  @Test
  void whoever_is_refused_does_not_take_the_lock_of_the_first_away() throws Exception {
    try (DataDirectory first = claim()) {
      assertThatThrownBy(this::claim).isInstanceOf(RecordException.class);
      assertThat(DataDirectory.owner(folder)).map(DataOwner::pid).contains(PID);

      try (OwnerProcess second = OwnerProcess.start(first.path())) {
        assertThat(second.says()).startsWith("TAKEN process " + PID + " (sideline 1.0");
      }
    }
  }

  @Test
  void of_many_that_begin_at_once_one_has_it() throws Exception {
    List<OwnerProcess> all = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        all.add(OwnerProcess.start(folder));
      }
      List<String> said = new ArrayList<>();
      for (OwnerProcess one : all) {
        said.add(one.says());
      }

      assertThat(said).filteredOn("claimed"::equals).hasSize(1);
      assertThat(said).filteredOn(words -> words.startsWith("TAKEN ")).hasSize(3);
    } finally {
      for (OwnerProcess one : all) {
        one.close();
      }
    }
  }

  @Test
  void what_was_committed_is_there_for_the_next_owner_after_the_first_was_killed()
      throws Exception {
    try (OwnerProcess first = OwnerProcess.start(folder)) {
      assertThat(first.says()).isEqualTo("claimed");
      first.tell("CREATE TABLE kept (value TEXT)");
      assertThat(first.says()).isEqualTo("done");
      first.tell("INSERT INTO kept VALUES ('yes')");
      assertThat(first.says()).isEqualTo("done");
      first.kill();
    }
    assertThat(DataDirectory.owner(folder)).isEmpty();
    try (DataDirectory next = claim()) {
      assertThat(ask(next.database("tasks"), "SELECT value FROM kept")).isEqualTo("yes");
    }
  }

  @Test
  void what_is_given_back_can_be_claimed_again() throws Exception {
    DataDirectory first = claim();
    first.close();
    first.close();
    assertThat(DataDirectory.owner(folder)).isEmpty();
    try (DataDirectory second = claim()) {
      assertThat(second.path()).isEqualTo(first.path());
      try (OwnerProcess third = OwnerProcess.start(folder)) {
        assertThat(third.says()).startsWith("TAKEN ");
      }
    }
    assertThatThrownBy(() -> first.database("tasks")).isInstanceOf(IllegalStateException.class);
  }

  // --- whose it is

  @Test
  void nobody_but_its_owner_can_read_what_is_in_it() throws Exception {
    try (DataDirectory data = claim();
        Connection open = data.database("tasks").getConnection();
        Statement statement = open.createStatement()) {
      statement.execute("CREATE TABLE secret (value TEXT)");
      assertThat(permissions(folder)).isEqualTo("rwx------");
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.filter(Files::isRegularFile))
            .extracting(file -> file.getFileName() + " " + permissions(file))
            .containsExactlyInAnyOrder(
                "owner.lock rw-------",
                "owner.pid rw-------",
                "tasks.db rw-------",
                "tasks.db.version rw-------",
                "tasks.db-wal rw-------",
                "tasks.db-shm rw-------");
      }
    }
  }

  @Test
  void a_folder_that_others_can_read_is_closed_to_them() throws Exception {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    try (DataDirectory data = claim()) {
      assertThat(permissions(data.path())).isEqualTo("rwx------");
    }
  }

  @Test
  void a_folder_in_which_everybody_may_write_is_refused_and_left_as_it_is() throws Exception {
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatExceptionOfType(RecordException.class)
        .isThrownBy(this::claim)
        .withMessageContaining("name one of your own")
        .satisfies(refused -> assertThat(refused.problem()).isEqualTo(Problem.NOT_OURS));
    assertThat(permissions(folder)).isEqualTo("rwxrwxrwx");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_link_in_the_place_of_a_database_is_refused() throws Exception {
    Path elsewhere = Files.createFile(temporary.resolve("elsewhere.db"));
    try (DataDirectory data = claim()) {
      Files.createSymbolicLink(folder.resolve("tasks.db"), elsewhere);

      assertThatExceptionOfType(RecordException.class)
          .isThrownBy(() -> data.database("tasks"))
          .withMessageContaining("link")
          .satisfies(refused -> assertThat(refused.problem()).isEqualTo(Problem.FOREIGN));
    }
    assertThat(elsewhere).isEmptyFile();
  }

  @Test
  void a_file_in_the_place_of_the_folder_is_refused_with_words() throws Exception {
    Files.createFile(folder);

    assertThatThrownBy(this::claim)
        .isInstanceOf(RecordException.class)
        .hasMessageContaining(folder.toString())
        .hasMessageContaining("name another folder")
        .hasMessageNotContaining("Exception");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"})
  void a_folder_on_another_machine_is_refused_with_what_to_do(String type) {
    assertThat(DataDirectory.unsafeDisk(folder, type).orElseThrow())
        .contains(folder.toString(), "on a disk of this machine with --data");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs", "NTFS", "fuseblk"})
  void a_folder_on_a_disk_is_taken(String type) {
    assertThat(DataDirectory.unsafeDisk(folder, type)).isEmpty();
  }

  // --- databases

  @Test
  void a_commit_is_on_the_disk_and_readers_and_a_writer_do_not_hinder_each_other()
      throws Exception {
    try (DataDirectory data = claim()) {
      DataSource database = data.database("tasks");

      assertThat(ask(database, "PRAGMA journal_mode")).isEqualTo("wal");
      assertThat(ask(database, "PRAGMA synchronous")).isEqualTo("2");
      assertThat(ask(database, "PRAGMA foreign_keys")).isEqualTo("1");
      assertThat(ask(database, "PRAGMA busy_timeout")).isEqualTo("10000");
    }
  }

  @Test
  void each_name_has_one_database_of_its_own() throws Exception {
    try (DataDirectory data = claim()) {
      assertThat(data.database("tasks")).isSameAs(data.database("tasks"));
      assertThat(data.database("sessions")).isNotSameAs(data.database("tasks"));
      assertThat(folder.resolve("sessions.db")).isRegularFile();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../tasks", "a/b", "Tasks", "a.db", "-a"})
  void a_name_that_is_none_opens_nothing(String name) {
    try (DataDirectory data = claim()) {
      assertThatThrownBy(() -> data.database(name)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void what_is_still_open_is_closed_before_the_folder_is_given_back() throws Exception {
    DataDirectory data = claim();
    DataSource database = data.database("tasks");
    Connection left = database.getConnection();
    data.close();

    assertThat(left.isClosed()).isTrue();
    assertThat(folder.resolve("tasks.db-wal")).doesNotExist();
    assertThatThrownBy(database::getConnection)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("given back");
  }

  @Test
  void the_library_is_kept_in_the_folder_and_killed_processes_leave_none_behind() throws Exception {
    Path scratch = Files.createDirectory(temporary.resolve("scratch"));
    for (int i = 0; i < 2; i++) {
      try (OwnerProcess owner = OwnerProcess.start(folder, "-Djava.io.tmpdir=" + scratch)) {
        assertThat(owner.says()).isEqualTo("claimed");
        owner.kill();
      }
    }
    try (Stream<Path> left = Files.list(scratch);
        Stream<Path> kept = Files.list(folder.resolve("native"))) {
      assertThat(left).isEmpty();
      assertThat(kept).hasSize(1);
    }
  }

  private DataDirectory claim() {
    return DataDirectory.claim(folder, "1.0");
  }

  static String ask(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet answer = statement.executeQuery(sql)) {
      return answer.next() ? answer.getString(1) : null;
    }
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static URLClassLoader loaderOfItsOwn() throws Exception {
    List<URL> path = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      path.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(path.toArray(new URL[0]), ClassLoader.getPlatformClassLoader());
  }
}
